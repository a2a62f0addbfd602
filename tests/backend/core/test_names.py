"""Rules for names, and equality of two."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.core import names
from backend.core.text import CLUSTER


@pytest.mark.parametrize("name", ["A", "용감한 수달 7", "Ünïcode", "a" * 20, "李小龍", "🎾 Ace", "O'Neil-2"])
def test_an_ordinary_name_is_kept_as_it_is(name: str) -> None:
    assert names.clean(name) == name


def test_spaces_around_a_name_go_and_those_inside_become_one() -> None:
    assert names.clean("  Ada    Lovelace ") == "Ada Lovelace"


@pytest.mark.parametrize("name", ["", " ", "   "])
def test_an_empty_name_is_refused(name: str) -> None:
    with pytest.raises(names.NameInvalid, match="at least 1"):
        names.clean(name)


def test_a_name_of_21_characters_is_refused_and_told_its_length() -> None:
    with pytest.raises(names.NameInvalid, match="at most 20 characters; this one has 21"):
        names.clean("a" * 21)


@pytest.mark.parametrize(
    "hidden",
    [
        "\x00",
        "\n",
        "\t",
        "\x7f",
        "\u200b",  # zero width space
        "\u200d",  # zero width joiner
        "\u202e",  # right-to-left override
        "\u2066",  # isolate
        "\u2028",  # line separator
        "\u00a0",  # no-break space
        "\u3000",  # ideographic space
        "\u3164",  # Hangul filler
        "\ufe0f",  # variation selector
        "\ufeff",  # byte order mark
        "\u2800",  # blank Braille pattern
        "\ue000",  # private use
        "\U000e0041",  # tag
        "\ud800",  # lone surrogate
    ],
    ids=lambda c: f"U+{ord(c):04X}",
)
def test_control_invisible_and_direction_characters_are_refused(hidden: str) -> None:
    with pytest.raises(names.NameInvalid, match="control, invisible"):
        names.clean(f"a{hidden}b")


@pytest.mark.parametrize("name", ["\u0301a", "a" + "\u0316" * 3])
def test_accents_without_a_letter_or_piled_up_are_refused(name: str) -> None:
    with pytest.raises(names.NameInvalid, match="accents"):
        names.clean(name)


@pytest.mark.parametrize(
    ("one", "other"),
    [("Ada", "aDA"), ("Ada", "Ａｄａ"), ("Straße", "STRASSE"), ("ﬁve", "five"), ("가", "\u1100\u1161"), ("①", "1")],
)
def test_case_width_and_composition_do_not_make_two_names_different(one: str, other: str) -> None:
    assert names.key(one) == names.key(other)


def test_different_names_have_different_keys() -> None:
    assert names.key("Ada") != names.key("Bob")


@given(st.text(max_size=30))
def test_any_text_is_either_refused_or_kept_short_visible_and_stable(text: str) -> None:
    try:
        kept = names.clean(text)
    except names.NameInvalid:
        return
    assert 1 <= len(CLUSTER.findall(kept)) <= names.MAX_LENGTH
    assert names.clean(kept) == kept
    assert not any(unicodedata.category(c) in ("Cc", "Cs", "Co", "Cn", "Zl", "Zp") for c in kept)


@given(st.text(max_size=30))
def test_a_key_is_its_own_key(text: str) -> None:
    assert names.key(names.key(text)) == names.key(text)


@given(st.sampled_from(["en", "ko", "", "fr"]), st.integers(0, 10**9))
def test_every_name_that_is_suggested_is_allowed(language: str, chance: int) -> None:
    name = names.suggest(language, lambda n: chance % n)
    assert names.clean(name) == name


def test_korean_names_are_suggested_in_korean() -> None:
    assert names.suggest("ko", lambda n: 0) == "용감한 수달 0"


def test_the_longest_suggestion_fits() -> None:
    for first, second in names.WORDS.values():
        longest = max(map(len, first)) + max(map(len, second)) + len(str(names.NUMBERS - 1)) + 2
        assert longest <= names.MAX_LENGTH
