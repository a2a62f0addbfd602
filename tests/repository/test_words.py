"""Retired words stay retired: as names of files, classes and functions, and as keys of the log.

ARCHITECTURE.md has the glossary: the words that are in use, one meaning each.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

PROGRAMS: Final = ("backend", "gameserver", "gateway", "wire", "cli")
FILES: Final = {
    "acting": "tournament-action",
    "acts": "commands",
    "asked": "polling-controller",
    "attended": "match-calls",
    "audience": "broadcast",
    "contour": "lag-compensation",
    "course": "lifecycle",
    "courts": "match_pool",
    "delayed": "spectator_delay",
    "entries": "current-match",
    "fanout": "topic",
    "folding": "replay",
    "hands": "input-sender",
    "host": "registry",
    "house": "showcase",
    "kept": "models, storage",
    "notes": "cache",
    "past": "finished",
    "permission": "policy",
    "referee": "commit",
    "restoring": "recovery",
    "rollcall": "reconciler",
    "rolls": "friend_feed",
    "seen": "when-visible",
    "shell": "context",
    "tidings": "announcements",
    "trying": "action-element",
    "turns": "dispatcher",
    "uninterrupted": "completion",
    "upkeep": "periodic_jobs",
    "upstream": "feed",
    "whereabouts": "presence_status",
    "whole": "cancellation",
    "words": "labels",
}
NAMES: Final = {
    "Course": "MatchLifecycle",
    "Courts": "MatchPool",
    "Facts": "MatchState, TournamentState",
    "Hub": "FeedRegistry",
    "Leftovers": "Recovery",
    "LiveMatch": "MatchRunner",
    "LiveTournament": "TournamentSession",
    "Placement": "SessionRecord",
    "PlayLink": "GameServerStream",
    "Referee": "DeferredCommit",
    "RollCall": "SessionReconciler",
    "Rolls": "FriendFeed",
    "Shell": "SessionContext",
    "Sight": "PresenceStatus",
    "Tidings": "RoomAnnouncer",
    "Turns": "Dispatcher",
    "Uninterrupted": "CompletionRunner",
    "Upkeep": "PeriodicJobs",
    "Watcher": "TopicFollower",
    "WholeConnection": "UncancelledConnection",
    "come_in": "run_handshake",
    "hand_over": "drain",
    "hear_voided": "refresh_voided_tickets",
    "refused_by": "refusal_from_rpc_error",
    "tie_again": "reattach",
    "to_the_end": "run_to_completion",
}
LOG_KEYS: Final = {"session": "session_id", "account": "account_id"}
LOG_METHODS: Final = ("critical", "debug", "error", "exception", "info", "warning")


def sources(checkout: Path) -> Iterator[Path]:
    """Every source file of the programs and of the browser client."""
    for program in PROGRAMS:
        yield from (path for path in (checkout / program).rglob("*.py") if "node_modules" not in path.parts)
    yield from (checkout / "gateway" / "web" / "src").rglob("*.ts")


def names_of(tree: ast.AST) -> Iterator[str]:
    """Names that a module gives to classes and functions."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            yield node.name


def log_keys_of(tree: ast.AST) -> Iterator[str]:
    """Keys of the lines that a module logs."""
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and node.func.attr in LOG_METHODS
            and isinstance(node.func.value, ast.Name)
            and node.func.value.id == "log"
        ):
            yield from (keyword.arg for keyword in node.keywords if keyword.arg)


def test_no_file_has_a_retired_name(checkout: Path) -> None:
    found = [
        f"{path.relative_to(checkout)}: {FILES[path.stem.lower()]}"
        for path in sources(checkout)
        if path.stem.lower() in FILES
    ]
    assert not found


def test_no_class_or_function_has_a_retired_name(checkout: Path) -> None:
    found = []
    for path in sources(checkout):
        text = path.read_text()
        given = (
            names_of(ast.parse(text))
            if path.suffix == ".py"
            else re.findall(r"^\s*(?:export )?(?:abstract )?(?:class|function|async function) (\w+)", text, re.M)
        )
        found += [
            f"{path.relative_to(checkout)}: {name} -> {NAMES[name.strip('_')]}"
            for name in given
            if name.strip("_") in NAMES
        ]
    assert not found


def test_the_log_of_every_program_names_things_the_same(checkout: Path) -> None:
    found = [
        f"{path.relative_to(checkout)}: {key} -> {LOG_KEYS[key]}"
        for path in sources(checkout)
        if path.suffix == ".py"
        for key in log_keys_of(ast.parse(path.read_text()))
        if key in LOG_KEYS
    ]
    assert not found


def test_a_retired_name_is_noticed() -> None:
    tree = ast.parse("class Rolls:\n    async def to_the_end(self):\n        log.info('x', session=1, match=2)\n")
    assert [name for name in names_of(tree) if name in NAMES] == ["Rolls", "to_the_end"]
    assert list(log_keys_of(tree)) == ["session", "match"]
