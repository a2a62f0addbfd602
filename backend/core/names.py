"""Names of accounts: which are allowed, when two are the same, and friendly ones for guests."""

import re
import unicodedata
from collections.abc import Callable

MAX_LENGTH = 20
"""Characters (code points, after NFC) in a name at most."""
MARKS_IN_A_ROW = 2
"""More combining marks than this on one letter only serve to spill over the lines above."""

REFUSED_CATEGORIES = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
"""Control, format (all bidi controls and zero-width joiners), surrogate, private, unassigned, separators."""


def _code_points(*ranges: tuple[int, int]) -> frozenset[str]:
    return frozenset(chr(point) for first, last in ranges for point in range(first, last + 1))


INVISIBLE = _code_points(
    (0x034F, 0x034F),  # combining grapheme joiner
    (0x115F, 0x1160),  # Hangul fillers
    (0x17B4, 0x17B5),  # Khmer inherent vowels
    (0x180B, 0x180F),  # Mongolian variation selectors
    (0x2800, 0x2800),  # blank Braille pattern
    (0x3164, 0x3164),  # Hangul filler
    (0xFE00, 0xFE0F),  # variation selectors
    (0xFFA0, 0xFFA0),  # halfwidth Hangul filler
    (0xE0100, 0xE01EF),  # variation selectors supplement
)
"""Default-ignorable or blank characters whose category does not say so (Unicode, DerivedCoreProperties)."""


def refused(character: str) -> bool:
    """Whether it cannot be seen, and so stands in nothing that people are called."""
    return unicodedata.category(character) in REFUSED_CATEGORIES or character in INVISIBLE


class NameInvalid(Exception):
    """A name that nobody may have. Its text is a sentence for the person who chose it."""


def clean(wanted: str) -> str:
    """The name as it is kept: NFC, no spaces around it, one between its words.

    Raises NameInvalid when it is empty, longer than MAX_LENGTH, or has characters that cannot be seen.
    """
    name = re.sub(" +", " ", unicodedata.normalize("NFC", wanted)).strip(" ")
    if not name:
        raise NameInvalid("A name needs at least 1 character.")
    if len(name) > MAX_LENGTH:
        raise NameInvalid(f"A name has at most {MAX_LENGTH} characters; this one has {len(name)}.")
    marks = MARKS_IN_A_ROW  # so that a name cannot begin with a mark
    for character in name:
        category = unicodedata.category(character)
        if refused(character) or (category == "Zs" and character != " "):
            raise NameInvalid("A name cannot have control, invisible or text-direction characters; use others.")
        marks = marks + 1 if category in ("Mn", "Me") else 0
        if marks > MARKS_IN_A_ROW:
            raise NameInvalid("A name cannot begin with an accent or pile up accents; use fewer.")
    return name


def key(name: str) -> str:
    """What must be unique: two names are the same when their keys are (Unicode's toNFKC_Casefold, D146 and R5)."""
    for _ in range(2):
        name = unicodedata.normalize("NFKC", name).casefold()
    return unicodedata.normalize("NFKC", name)


NUMBERS = 10_000
WORDS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
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
