"""Comparison of texts by their looks: skeletons after Unicode Technical Standard 39, section 4.

The table is Unicode's `confusables.txt` as the package confusable-homoglyphs ships it: pairs that look alike. Each
letter has one prototype there, so the pairs fall into classes, of which any member can stand for all.
"""

import unicodedata
from collections.abc import Iterable
from typing import Final

from confusable_homoglyphs.confusables import confusables_data  # type: ignore[import-untyped]

ROUNDS: Final = 4
"""A prototype of several letters may have prototypes in turn; in the table the longest such way has 2."""


def _prototypes(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Letter -> what stands for its class: several letters if there are such, since `m` looks like `rn`."""
    parents: dict[str, str] = {}

    def root(text: str) -> str:
        while (parent := parents.setdefault(text, text)) != text:
            parents[text] = text = parents[parent]
        return text

    for one, other in pairs:
        low, high = sorted((root(one), root(other)), key=_rank)
        parents[high] = low
    found = {text: root(text) for text in parents if len(text) == 1}
    return {text: prototype for text, prototype in found.items() if text != prototype}


def _rank(text: str) -> tuple[bool, bool, str]:
    return len(text) == 1, not text.isascii(), text


def _letters(text: str) -> str:
    # In the table a letter that is written from right to left stands between marks of direction.
    return unicodedata.normalize("NFD", text.replace("\u200e", ""))


PROTOTYPES: Final = _prototypes(
    (_letters(one), _letters(pair["c"])) for one, pairs in confusables_data.items() for pair in pairs
)
_TABLE: Final = str.maketrans(PROTOTYPES)


def skeleton(text: str) -> str:
    """Skeleton of the text: two look alike when their skeletons are equal. For comparison only, not for display."""
    text = unicodedata.normalize("NFD", text)
    for _ in range(ROUNDS):
        before, text = text, unicodedata.normalize("NFD", text.translate(_TABLE))
        if text == before:
            break
    return text
