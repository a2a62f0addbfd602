"""The names of all settings. A variable of another name is a mistake, and `up` says so."""

import difflib
from collections.abc import Mapping
from typing import Final

from cli import CommandError

PREFIX: Final = "MATCHPOINT_"

SETTINGS: Final = frozenset(
    {
        "BACKEND_ADDRESS",
        "BACKEND_METRICS_PORT",
        "BACKEND_PORT",
        "CALLS_PER_SECOND",
        "CAPACITY",
        "CHANGES_PER_ACCOUNT",
        "CHANGES_PER_ADDRESS_AND_ROOM",
        "CHANGES_PER_ROOM",
        "COMMANDS_PER_ACCOUNT",
        "COST_PER_ADDRESS",
        "DATA",
        "DATABASE_URL",
        "GAMESERVER_METRICS_PORT",
        "GAMESERVER_PORT",
        "GATEWAY_METRICS_PORT",
        "GATEWAY_PORT",
        "GIVE_UP_S",
        "GUESTS_LIST",
        "GUESTS_PER_ADDRESS",
        "GUEST_SIGN_IN_DAYS",
        "GUEST_SIGN_IN_IDLE_DAYS",
        "HELLO_WITHIN_S",
        "HOST",
        "HOSTS",
        "HOUSE_MATCH",
        "KEEP_JOURNALS_DAYS",
        "KEEP_JOURNALS_MB",
        "KEEP_UNPLAYED_DAYS",
        "LINES_PER_ACCOUNT",
        "LINES_PER_ADDRESS_AND_ROOM",
        "LINES_PER_ROOM",
        "LOG_LEVEL",
        "LOOP_TICK_MS",
        "MESSAGES_PER_SECOND",
        "METRICS_PUBLIC",
        "NAMES_PER_ACCOUNT",
        "OPENINGS_PER_SECOND",
        "ORIGINS",
        "PAGES_PER_SECOND",
        "PLACES_PER_ADDRESS",
        "REQUESTS_PER_ADDRESS",
        "REQUESTS_PER_ADDRESS_AND_ACCOUNT",
        "ROOMS_PER_ADDRESS",
        "SERVER_NAME",
        "SERVICE_TOKEN_FILE",
        "SESSIONS_PER_ACCOUNT",
        "SIGN_IN_DAYS",
        "SIGN_IN_IDLE_DAYS",
        "SOCKETS",
        "SOCKETS_PER_ADDRESS",
        "STALL_S",
        "STARTS_PER_ADDRESS",
        "UNJOINED",
        "WRONG_CODES_PER_ACCOUNT",
        "WRONG_CODES_PER_ADDRESS",
    }
)
"""Settings of the programs; docs/operations.md gives the meaning of each."""
OURS: Final = frozenset(["ARTEFACTS", "LONG", "PYTHON", "SEED", "VENV"])
"""Variables that ./matchpoint and the tests read."""


def check_names(environment: Mapping[str, str]) -> None:
    """Raises CommandError for the first variable that is no setting."""
    for name in sorted(environment):
        short = name.removeprefix(PREFIX)
        if name == short or short in SETTINGS or short in OURS:
            continue
        near = difflib.get_close_matches(short, SETTINGS, 1)
        meant = f"; did you mean {PREFIX}{near[0]}?" if near else "; docs/operations.md lists them."
        raise CommandError(f"{name} is not a setting{meant}")
