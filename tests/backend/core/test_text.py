"""Policy on text, and names that look alike (docs/text.md)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.core import names, text
from backend.core.confusables import PROTOTYPES, skeleton
from backend.core.names import NameInvalid
from backend.core.text import TextInvalid

FAMILY = "👨\u200d👩\u200d👧\u200d👦"


@pytest.mark.parametrize(
    "name",
    [
        "❤️ Ada",
        FAMILY,
        "👍🏽",
        "🏳️\u200d🌈",
        "\U0001f3f4\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f",
        "1️⃣",
        "🇰🇷 Kim",
        "می\u200cخواهم",
        "مُحَمَّد",
        "ශ්\u200dරී",
        "नमस्ते",
        "สวัสดี",
        "שָׁלוֹם",
        "ọ́lá",
        "José",
        "Nguyễn",
        "Ångström",
        "한글Kim",
        "漢字かなカナ",
        "大韓민국",
        "李小龍 Bruce",
    ],
)
def test_a_name_that_can_be_read_is_taken_in_every_script(name: str) -> None:
    assert names.clean(name) == name
    assert not names.reserved(name)


@pytest.mark.parametrize(
    "name",
    [
        "a\u200db",
        "a\u200cb",
        "A\ufe0f",
        "❤\ufe0f\ufe0f",
        FAMILY + "\u200d",
        "\U0001d159Champion",
        "\u3164",
        "a\u034f",
        "x\U000e0067\U000e007f",
        "\u2066Ada\u2069",
    ],
    ids=ascii,
)
def test_what_cannot_be_seen_is_refused_where_it_belongs_to_nothing(name: str) -> None:
    with pytest.raises(NameInvalid, match="control, invisible"):
        names.clean(name)


@pytest.mark.parametrize("name", ["Champi\u0336on", "Ch\u0302ampion\u20dd", "가\u0301", "Ада\u0331м"])
def test_a_mark_that_no_letter_of_the_script_has_is_refused(name: str) -> None:
    with pytest.raises(NameInvalid, match="accent"):
        names.clean(name)


@pytest.mark.parametrize("name", ["Chаmpion", "Сhampion", "ΑBC", "Admин", "かな한글"])
def test_letters_of_several_alphabets_are_refused_in_a_name(name: str) -> None:
    with pytest.raises(NameInvalid, match="one alphabet"):
        names.clean(name)


def test_a_title_may_have_several_alphabets() -> None:
    assert text.clean("Кубок Cup 컵", 60, 240) == "Кубок Cup 컵"


def test_length_is_counted_as_it_is_seen_and_bytes_are_bounded_too() -> None:
    assert names.clean("e\u0301" * 20) == "é" * 20
    assert names.clean(FAMILY * 3) == FAMILY * 3
    with pytest.raises(NameInvalid, match="80 bytes"):
        names.clean(FAMILY * 4)
    with pytest.raises(NameInvalid, match="20 characters; this one has 21"):
        names.clean("é" * 21)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("BEPA", "ВЕРА"),
        ("paypaI", "paypal"),
        ("Champion", "Charnpion"),
        ("Champion", "𝐂hampion"),
        ("O'Neil", "O’Neil"),
        ("Fox 10", "Fox 1O"),
        ("❤️ Ada", "❤ Ada"),
        ("می\u200cخواهم", "میخواهم"),
    ],
)
def test_names_that_look_alike_have_one_look(one: str, other: str) -> None:
    assert names.look(one) == names.look(other)


@pytest.mark.parametrize(
    ("one", "other"), [("José", "Jose"), ("Ada", "Adam"), ("수달 7", "수달 8"), ("ㅋㅋ", "ㅋㅋㅋ")]
)
def test_names_that_look_different_have_different_looks(one: str, other: str) -> None:
    assert names.look(one) != names.look(other)


@pytest.mark.parametrize(
    "name",
    ["Admin", "ADMIN", "Admln", "Adm1n", "A d m i n", "Admin_2", "System", "MatchPoint!", "Moderator"]
    + ["Bot (hard)", "Bot (hard) 2", "bot", "운영자", "관리자 1", "Ａｄｍｉｎ", "Deleted player"],
)
def test_names_that_could_be_the_houses_are_reserved(name: str) -> None:
    assert names.reserved(name)


@pytest.mark.parametrize(
    "name", ["Abbot", "Robot", "Bothe", "Administratrix", "Systematic", "Ada", "Player 2", "운영", "7"]
)
def test_names_that_only_begin_like_those_are_free(name: str) -> None:
    assert not names.reserved(name)


def test_chat_takes_what_people_write_and_no_heaps_of_marks() -> None:
    for said in ("gg ❤️", "m̀ and Ãdа", FAMILY * 20, "می\u200cخواهم"):
        assert text.clean(said, 300, 1_200, strict=False) == said
    for said in ("a\nb", "\u202eabc", "z" + "\u0316" * 3, "x\u200b"):
        with pytest.raises(TextInvalid):
            text.clean(said, 300, 1_200, strict=False)


def test_a_skeleton_is_its_own_skeleton() -> None:
    assert [letter for letter in PROTOTYPES if skeleton(skeleton(letter)) != skeleton(letter)] == []


@given(st.text(max_size=40))
def test_a_skeleton_of_any_text_is_its_own_skeleton(anything: str) -> None:
    assert skeleton(skeleton(anything)) == skeleton(anything)


@given(st.text(alphabet=st.sampled_from("a1é\u0301\u0323❤️\u200d\u200c👩👧🏽ی\u0644क\u094dष한あ #\u20e3"), max_size=12))
def test_a_name_that_is_taken_is_kept_as_it_is_and_small(anything: str) -> None:
    try:
        kept = names.clean(anything)
    except NameInvalid:
        return
    assert names.clean(kept) == kept
    assert len(kept.encode()) <= names.MAX_BYTES
    assert names.lookup(kept) == names.key(kept)
