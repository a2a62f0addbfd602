"""A tournament as CSV: a line for each match, and for each pairing without one."""

import csv
import io
import unicodedata
from typing import Final

from matchpoint.v1.pong_pb2 import Side
from matchpoint.v1.tournament_pb2 import Pairing, PairingKind, PairingSide, PairingState, Stage, TournamentState

COLUMNS: Final = (
    "pairing",
    "stage",
    "group",
    "round",
    "left",
    "right",
    "state",
    "decided",
    "winner",
    "match",
    "left_points",
    "right_points",
    "duration_s",
)
FORMULA: Final = ("=", "+", "-", "@", "|", "%")
"""What a spreadsheet may take for the beginning of a formula (OWASP, CSV injection)."""
BYTE_ORDER_MARK: Final = "\ufeff"
"""By which spreadsheets know that it is UTF-8."""


def as_csv(state: TournamentState) -> str:
    """UTF-8 with a byte order mark, lines ended as RFC 4180 has it."""
    names = {entrant.entrant: plain(entrant.name) for entrant in state.entrants}
    text = io.StringIO()
    text.write(BYTE_ORDER_MARK)
    lines = csv.writer(text, lineterminator="\r\n")
    lines.writerow(COLUMNS)
    for pairing in state.pairings:
        head = (
            pairing.pairing,
            word(Stage.Name(pairing.stage)),
            pairing.group or "",
            pairing.round,
            side(pairing.left, names),
            side(pairing.right, names),
            word(PairingState.Name(pairing.state)),
            word(PairingKind.Name(pairing.kind)) if pairing.kind else "",
            winner(pairing, names),
        )
        for match in pairing.matches:
            result = match.result
            points = (result.left, result.right, f"{result.duration_us / 1e6:.1f}") if match.HasField("result") else ()
            lines.writerow((*head, match.match, *points))
        if not pairing.matches:
            lines.writerow(head)
    return text.getvalue()


def plain(name: str) -> str:
    """A name that no spreadsheet takes for a formula: such a one is written behind an apostrophe.

    Full-width and small forms count (spreadsheets read them as their plain ones), and so does what stands behind
    white space or an invisible character.
    """
    first = unicodedata.normalize("NFKC", name).lstrip()
    while first and unicodedata.category(first[0]) in ("Cc", "Cf", "Zs", "Zl", "Zp"):
        first = first[1:]
    return f"'{name}" if first.startswith(FORMULA) or name[:1] in ("\t", "\r", "\n") else name


def word(name: str) -> str:
    """An enum's value without its kind: PAIRING_KIND_WALKOVER is "walkover"."""
    for kind in ("PAIRING_KIND_", "PAIRING_STATE_", "STAGE_"):
        name = name.removeprefix(kind)
    return name.lower()


def side(who: PairingSide, names: dict[int, str]) -> str:
    """A side: a name, or where it will come from."""
    match who.WhichOneof("who"):
        case "entrant":
            return names.get(who.entrant, "")
        case "winner_of":
            return f"winner of {who.winner_of}"
        case "loser_of":
            return f"loser of {who.loser_of}"
        case "place_of":
            return f"{who.place_of.place} of group {who.place_of.group}"
        case _:
            return ""


def winner(pairing: Pairing, names: dict[int, str]) -> str:
    """The name of who won; empty when nobody has."""
    if pairing.winner == Side.SIDE_UNSPECIFIED:
        return ""
    return side(pairing.left if pairing.winner == Side.SIDE_LEFT else pairing.right, names)
