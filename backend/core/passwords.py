"""Rules for passwords."""

import unicodedata
from functools import cache
from typing import Final

from zxcvbn.frequency_lists import FREQUENCY_LISTS

SHORTEST: Final = 8
LONGEST: Final = 200
"""Characters (code points after NFKC) of a password."""
RAW_LONGEST: Final = 4 * LONGEST
"""Characters beyond which a password is refused before any work is spent on it."""


class PasswordInvalid(Exception):
    """A password that nobody may have. Its text is a sentence for the person who chose it."""


def clean(password: str) -> str:
    """The password as it is hashed: in NFKC (NIST SP 800-63B, 3.1.1.2), so that every keyboard types the same one.

    Raises PasswordInvalid.
    """
    if len(password) > RAW_LONGEST:
        raise PasswordInvalid(f"A password has at most {LONGEST} characters; choose a shorter one.")
    normal = unicodedata.normalize("NFKC", password)
    if len(normal) > LONGEST:
        raise PasswordInvalid(f"A password has at most {LONGEST} characters; choose a shorter one.")
    if len(normal) < SHORTEST:
        raise PasswordInvalid(f"A password has at least {SHORTEST} characters; choose a longer one.")
    return normal


OF_THIS_GAME: Final = ("matchpoint", "pingpong", "tabletennis")
KOREAN_KEYS: Final = ("qlalfqjsgh", "dkssudgktpdy", "tkfkdgody", "tkfkdgo", "asdfasdf", "qwerasdf", "1q2w3e4r5t")
"""Korean words typed on Latin keys, and runs over a keyboard, which lists from elsewhere lack."""
ADDED: Final = "0123456789!?.*#@_-~$ "
"""Characters that people append to a word to make a password of it."""


def common(password: str, name: str) -> bool:
    """True if it is among the first that anybody would try: a well-known one, one character only, or the name.

    Case makes no difference, nor does what stands behind the name, such as digits. The list is the 30,000 most frequent
    passwords of leaks that zxcvbn ships (NIST SP 800-63B, 3.1.1.2, asks for such a list).
    """
    typed, called = _key(password), _key(name)
    return (
        typed in _well_known()
        or len(set(typed)) == 1
        or (bool(called) and called in (typed, typed.rstrip(ADDED), typed.replace(" ", "")))
    )


@cache
def _well_known() -> frozenset[str]:
    frequent = (password for password in FREQUENCY_LISTS["passwords"] if len(password) >= SHORTEST)
    return frozenset((*frequent, *OF_THIS_GAME, *KOREAN_KEYS))


def _key(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold().strip()
