"""Rules for passwords."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.core.passwords import LONGEST, RAW_LONGEST, SHORTEST, PasswordInvalid, clean


@given(st.text(min_size=SHORTEST, max_size=100))
def test_every_keyboard_types_the_same_password(text: str) -> None:
    cleaned = set()
    for form in ("NFC", "NFD"):
        try:
            cleaned.add(clean(unicodedata.normalize(form, text)))
        except PasswordInvalid:
            cleaned.add("")
    assert len(cleaned) == 1


def test_any_characters_will_do() -> None:
    assert clean("비밀번호는 여덟 자") == "비밀번호는 여덟 자"
    assert clean("        ") == " " * 8


@pytest.mark.parametrize("text", ["", "x" * (SHORTEST - 1), "x" * (LONGEST + 1), "ﷺ" * 50, "x" * 10_000_000])
def test_too_short_and_too_long_are_refused_with_a_sentence(text: str) -> None:
    with pytest.raises(PasswordInvalid, match=r"characters; choose a (longer|shorter) one\.$"):
        clean(text)


def test_the_limit_is_beyond_every_way_to_type_the_longest_password_in_korean() -> None:
    longest = unicodedata.normalize("NFD", "각" * LONGEST)
    assert len(longest) <= RAW_LONGEST
    assert len(clean(longest)) == LONGEST
