"""Names of accounts: which are allowed, when two are the same, and friendly ones for guests."""

import re
import unicodedata
from collections.abc import Callable
from hashlib import sha256
from typing import Final

from backend.core import text
from backend.core.confusables import skeleton
from backend.core.text import TextInvalid

MAX_LENGTH: Final = 20
"""Characters in a name at most, as they are seen (grapheme clusters)."""
MAX_BYTES: Final = 80
"""Bytes of a name in UTF-8: 20 letters of any script, or fewer emoji that are joined of several."""

RESERVED: Final = (
    ("admin", "admins", "administrator", "moderator", "moderators", "sysadmin", "sysop", "system", "superuser")
    + ("official", "staff", "support", "helpdesk", "customer service", "security", "operator", "organiser", "organizer")
    + ("matchpoint", "matchpoint team", "referee", "umpire", "bot", "bot easy", "bot medium", "bot hard")
    + ("deleted player", "운영자", "운영진", "운영팀", "관리자", "관리팀", "시스템", "공식", "공식 계정", "매치포인트")
    + ("심판", "고객센터", "고객지원", "지원팀", "보안팀", "봇", "봇 쉬움", "봇 보통", "봇 어려움", "탈퇴한 플레이어")
)
"""Names that somebody would take for the house, or for a bot of it."""


LOOK_LENGTH: Final = 512
"""Characters of a skeleton that are stored: databases refuse an index over longer ones."""


class NameInvalid(Exception):
    """A name that nobody may have. Its text is a sentence for the person who chose it."""


def clean(wanted: str) -> str:
    """The name as it is kept: NFC, no spaces around it, one between its words.

    Raises NameInvalid when it is empty, too long, of several scripts, or has characters that cannot be seen.
    """
    try:
        name = text.clean(wanted, MAX_LENGTH, MAX_BYTES)
    except TextInvalid as invalid:
        raise NameInvalid(f"A name {invalid}") from None
    name = re.sub(" +", " ", name)
    if any(unicodedata.category(character) == "Zs" and character != " " for character in name):
        raise NameInvalid("A name cannot have control, invisible or text-direction characters; use others.")
    if not text.one_script(name):
        raise NameInvalid("A name is written in one alphabet; use the letters of one only.")
    return name


def key(name: str) -> str:
    """Key by which a name is found: case, width and what cannot be seen make no difference.

    Unicode's toNFKC_Casefold (D146 and R5). Two names with the same key are the same.
    """
    name = text.visible(name)
    for _ in range(2):
        name = unicodedata.normalize("NFKC", name).casefold()
    return unicodedata.normalize("NFKC", name)


def lookup(typed: str) -> str | None:
    """Key for finding an account by a name that was typed; None for one that no account can have.

    Names from before a rule are found too.
    """
    if len(typed) > MAX_BYTES:
        return None
    return key(re.sub(" +", " ", unicodedata.normalize("NFC", typed)).strip(" ")) or None


def look(name: str) -> str:
    """Skeleton of a name, whatever its case: two names that look alike are not both given."""
    seen = skeleton(skeleton(unicodedata.normalize("NFKC", text.visible(name))).casefold())
    return seen if len(seen) <= LOOK_LENGTH else sha256(seen.encode()).hexdigest()


def reserved(name: str) -> bool:
    """True if the name reads as one of RESERVED: spaces, signs and numbers behind it make no difference."""
    return _loose(name) in _RESERVED


def _loose(name: str) -> str:
    letters = "".join(character for character in unicodedata.normalize("NFKC", name) if character.isalnum())
    return look(letters.rstrip("0123456789") or letters).replace("1", "i")


_RESERVED: Final = frozenset(_loose(name) for name in RESERVED)


NUMBERS: Final = 10_000
WORDS: Final[dict[str, tuple[tuple[str, ...], tuple[str, ...]]]] = {
    "en": (
        ("Brave", "Bright", "Calm", "Clever", "Eager", "Gentle", "Happy", "Jolly", "Keen", "Kind")
        + ("Lucky", "Merry", "Nimble", "Proud", "Quick", "Quiet", "Sunny", "Swift", "Warm", "Witty"),
        ("Badger", "Crane", "Dolphin", "Falcon", "Fox", "Hare", "Heron", "Koala", "Lynx", "Magpie")
        + ("Otter", "Owl", "Panda", "Puffin", "Raven", "Robin", "Seal", "Tiger", "Turtle", "Wren"),
    ),
    "ko": (
        ("용감한", "다정한", "빠른", "씩씩한", "즐거운", "차분한", "영리한", "행복한", "명랑한", "날쌘")
        + ("든든한", "재빠른", "상냥한", "느긋한", "반짝이는", "힘찬", "따뜻한", "슬기로운", "유쾌한", "신나는"),
        ("수달", "호랑이", "여우", "토끼", "거북이", "부엉이", "판다", "다람쥐", "고래", "까치")
        + ("두루미", "사슴", "고양이", "강아지", "펭귄", "참새", "돌고래", "너구리", "올빼미", "오소리"),
    ),
}
"""Language -> (first words, second words)."""


def suggest(language: str, draw: Callable[[int], int]) -> str:
    """A friendly name of two words and a number, in Korean for "ko", else in English.

    `draw(n)` gives a number in 0..n-1.
    """
    first, second = WORDS.get(language, WORDS["en"])
    return f"{first[draw(len(first))]} {second[draw(len(second))]} {draw(NUMBERS)}"
