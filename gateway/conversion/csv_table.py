"""Tournaments as CSV: a line for each match, and for each pairing without one."""

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
"""Beginnings that a spreadsheet may take for a formula (OWASP, CSV injection)."""
BYTE_ORDER_MARK: Final = "\ufeff"
"""Tells spreadsheets that the text is UTF-8."""


def as_csv(state: TournamentState) -> str:
    """Writes the table: with a byte order mark, and line ends as in RFC 4180."""
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
    """Puts an apostrophe before a name that a spreadsheet could take for a formula.

    Full-width and small forms count, since spreadsheets read them as their plain ones; white space and invisible
    characters at the beginning are skipped.
    """
    first = unicodedata.normalize("NFKC", name).lstrip()
    while first and unicodedata.category(first[0]) in ("Cc", "Cf", "Zs", "Zl", "Zp"):
        first = first[1:]
    return f"'{name}" if first.startswith(FORMULA) or name[:1] in ("\t", "\r", "\n") else name


def word(name: str) -> str:
    """Strips the enum's name off a value: PAIRING_KIND_WALKOVER is "walkover"."""
    for kind in ("PAIRING_KIND_", "PAIRING_STATE_", "STAGE_"):
        name = name.removeprefix(kind)
    return name.lower()


def side(who: PairingSide, names: dict[int, str]) -> str:
    """Names a side: an entrant, or the pairing or group that it will come from."""
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
    """Names the winner; empty when there is none."""
    if pairing.winner == Side.SIDE_UNSPECIFIED:
        return ""
    return side(pairing.left if pairing.winner == Side.SIDE_LEFT else pairing.right, names)
