"""A clock that a test turns, and game servers that do what a test tells them."""

from matchpoint.v1 import session_pb2
from matchpoint.v1.tournament_pb2 import TournamentAct as ActMessage
from matchpoint.v1.tournament_pb2 import TournamentState

from backend.contract.session_specs import session_spec, session_spec_message
from backend.contract.tournament_acts import tournament_act_message, tournament_snapshot
from backend.service.models import TournamentSnapshot
from backend.service.ports import GameServerUnreachable, SessionNotCreated
from backend.service.session_specs import SessionSpec
from backend.service.tournament_acts import TournamentAct
from wire.refusal import Refused


class FakeClock:
    """Both clocks move together, and only when told to."""

    def __init__(self) -> None:
        self.now_ms = 1_800_000_000_000

    def unix_ms(self) -> int:
        return self.now_ms

    def monotonic_s(self) -> float:
        return self.now_ms / 1_000

    def advance(self, seconds: float) -> None:
        self.now_ms += round(seconds * 1_000)


class FakeGameServers:
    """Hold what they were asked to create. `fails_with` makes them fail instead, `refuses` say no."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str]] = []
        self.held: dict[str, session_pb2.SessionSpec] = {}
        self.fails_with: SessionNotCreated | None = None
        self.refuses: Refused | None = None
        self.answering = True
        self.tournaments: dict[str, TournamentState] = {}
        self.acts: list[tuple[str, str, ActMessage]] = []

    async def create(self, address: str, session_id: str, spec: SessionSpec) -> None:
        self.asked.append((address, session_id))
        if self.fails_with is not None:
            raise self.fails_with
        if self.refuses is not None:
            raise self.refuses
        self.held[session_id] = session_spec_message(spec)

    async def spec_of(self, address: str, session_id: str) -> SessionSpec | None:
        if not self.answering:
            raise GameServerUnreachable
        held = self.held.get(session_id)
        return session_spec(held) if held is not None else None

    async def tournament(self, address: str, session_id: str, *, live: bool) -> TournamentSnapshot | None:
        if not self.answering:
            raise GameServerUnreachable
        state = self.tournaments.get(session_id)
        return tournament_snapshot(state) if state is not None else None

    async def act(self, address: str, session_id: str, by_account_id: str, act: TournamentAct) -> None:
        if not self.answering:
            raise GameServerUnreachable
        if self.refuses is not None:
            raise self.refuses
        self.acts.append((session_id, by_account_id, tournament_act_message(act)))


class FakePasswords:
    """Hashes at once. `compared` says what each password was compared with."""

    def __init__(self) -> None:
        self.hashed: list[str] = []
        self.compared: list[str | None] = []

    async def hash(self, password: str) -> str:
        self.hashed.append(password)
        return f"hash of {password}"

    async def verify(self, password: str, phc: str | None) -> bool:
        self.compared.append(phc)
        return phc == f"hash of {password}"
