"""Policy on characters in names, titles and chat. docs/text.md has it in words.

Everything that can be seen may be written, in every script. What cannot be seen may stand only where it belongs to
something that can: between the parts of an emoji, or between letters of a script that needs it.
"""

import unicodedata
from typing import Final

import regex
from confusable_homoglyphs import categories  # type: ignore[import-untyped]

MARKS_IN_A_ROW: Final = 2
"""More combining marks than this on one letter only serve to spill over the lines above."""

# Blank or default-ignorable by design though the properties do not say so: blank Braille, a note without a head, and
# what only halves a mark or stands for a letter that is left out.
BLANK: Final = "\u2800\U0001d159\u1160\uffa0"
REFUSED: Final = regex.compile(rf"[\p{{Cc}}\p{{Cf}}\p{{Cs}}\p{{Co}}\p{{Cn}}\p{{Zl}}\p{{Zp}}\p{{DI}}{BLANK}]")
SPACES: Final = regex.compile(r"\p{Zs}+")
CLUSTER: Final = regex.compile(r"\X")

_PICTURE: Final = r"\p{Extended_Pictographic}(?:\p{Emoji_Modifier}|[\uFE0E\uFE0F])?"
EMOJI: Final = regex.compile(
    # The flags of England, Scotland and Wales.
    "\U0001f3f4[\U000e0030-\U000e0039\U000e0061-\U000e007a]{2,6}\U000e007f"
    rf"|{_PICTURE}(?:\u200D{_PICTURE})*"  # joined ones too
    r"|\p{Regional_Indicator}{2}"
    r"|[0-9#*]\uFE0F?\u20E3"
)
"""Emoji sequences (Unicode Technical Standard 51), with what is invisible inside them."""
EMOJI_STANDS_AS: Final = "\u263a"

_CURSIVE: Final = r"[\p{Arabic}\p{Syriac}\p{Mongolian}\p{Nko}\p{Adlam}]"
_INDIC: Final = (
    r"[\p{Devanagari}\p{Bengali}\p{Gurmukhi}\p{Gujarati}\p{Oriya}"
    r"\p{Tamil}\p{Telugu}\p{Kannada}\p{Malayalam}\p{Sinhala}]"
)
JOINERS: Final = regex.compile(
    rf"(?<={_CURSIVE})\u200C(?={_CURSIVE})"  # Persian: it ends a joined group within a word
    rf"|(?<=\p{{ccc=9}})[\u200C\u200D](?={_INDIC})"  # after a virama: how a conjunct is drawn
)
"""Zero-width (non-)joiners where a script needs them (RFC 5892, appendix A.1 and A.2)."""

WRITTEN_TOGETHER: Final = (
    frozenset({"LATIN", "HAN", "HIRAGANA", "KATAKANA"}),
    frozenset({"LATIN", "HAN", "HANGUL"}),
    frozenset({"LATIN", "HAN", "BOPOMOFO"}),
)
"""Scripts that are written together in one word (UTS 39, "highly restrictive")."""
SHARED: Final = frozenset({"COMMON", "INHERITED"})

_LETTER_AND_MARKS: Final = regex.compile(r"(\P{M}|^)(\p{M}+)")
_BELOW: Final = frozenset("\u0323\u0328\u0331")  # dot, ogonek, macron below
_TONES: Final = frozenset("\u0300\u0301\u0302\u0303\u0304\u030c")
_MARKED_BY_SHARED: Final = frozenset({"ARABIC", "SYRIAC"})


class TextInvalid(Exception):
    """Text that cannot be taken. What it says completes "A name ..."."""


def clean(text: str, most: int, most_bytes: int, *, strict: bool = True) -> str:
    """The text as it is kept: NFC, without spaces around it.

    `most` counts what is seen as one character (grapheme clusters), `most_bytes` is in UTF-8. `strict` refuses marks
    that belong to no letter of their script; without it only heaps of them. Raises TextInvalid.
    """
    if len(text) > most_bytes:
        raise TextInvalid(f"has at most {most} characters; shorten it.")
    text = unicodedata.normalize("NFC", text).strip(" ")
    if not text:
        raise TextInvalid("needs at least 1 character.")
    seen = EMOJI.sub(EMOJI_STANDS_AS, text)
    if any(_refused(character) for character in JOINERS.sub("", seen)):
        raise TextInvalid("cannot have control, invisible or text-direction characters; use others.")
    for letter, marks in _LETTER_AND_MARKS.findall(JOINERS.sub("", seen)):
        _check_marks(letter, marks, strict=strict)
    length = len(CLUSTER.findall(text))
    if length > most:
        raise TextInvalid(f"has at most {most} characters; this one has {length}.")
    if len(text.encode()) > most_bytes:
        raise TextInvalid(f"has at most {most_bytes} bytes; use simpler characters.")
    return text


def one_script(text: str) -> bool:
    """True if all of it is of one script, or of scripts that are written together."""
    found = {categories.alias(character) for character in EMOJI.sub("", text)} - SHARED
    return len(found) <= 1 or any(found <= together for together in WRITTEN_TOGETHER)


def visible(text: str) -> str:
    """The text without what cannot be seen."""
    return str(REFUSED.sub("", text))


def _refused(character: str) -> bool:
    # What this Python does not know yet it cannot normalise.
    return REFUSED.match(character) is not None or unicodedata.category(character) == "Cn"


def _check_marks(letter: str, marks: str, *, strict: bool) -> None:
    heap = [mark for mark in marks if unicodedata.category(mark) != "Mc"]
    if not letter or len(heap) > MARKS_IN_A_ROW:
        raise TextInvalid("cannot begin with an accent or pile up accents; use fewer.")
    if strict and not all(_belongs(mark, letter) for mark in marks):
        raise TextInvalid("cannot have an accent that no letter of its script has; leave it out.")


def _belongs(mark: str, letter: str) -> bool:
    """True if the mark, which did not compose with the letter, is written on it."""
    script, of_letter = categories.alias(mark), categories.alias(letter)
    if script not in SHARED:
        return bool(script == of_letter)
    if of_letter in _MARKED_BY_SHARED:
        return unicodedata.name(mark, "").startswith("ARABIC")
    # A tone on a letter that has a mark below already, as in Yoruba and Navajo: Unicode has no whole letter for it.
    return mark in _TONES and not _BELOW.isdisjoint(unicodedata.normalize("NFD", letter))
