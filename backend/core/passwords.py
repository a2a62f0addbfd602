"""Which passwords are allowed."""

import unicodedata

SHORTEST = 8
LONGEST = 200
"""Characters (code points after NFKC) of a password."""
RAW_LONGEST = 4 * LONGEST
"""What is longer is refused before anything is done with it."""


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
