"""Nothing that anybody is shown of a match that is on lets them compute what comes next in it."""

from contextlib import aclosing
from hashlib import sha256

from matchpoint.v1.journal_pb2 import JournalOpened, JournalRecord
from matchpoint.v1.session_pb2 import GetReplayRequest, SessionSpec

from gameserver.domain.match.match import Match
from gameserver.domain.match.records import Input, Occupant, Opened
from gameserver.domain.match.state import replay
from gameserver.domain.pong.bots import Strength
from gameserver.domain.pong.events import Volley
from gameserver.domain.pong.randomness import commitment, draw_number
from gameserver.domain.pong.rules import Pong
from gameserver.domain.pong.ruleset import Ruleset
from tests.support.harnesses.gameserver import SESSION, GameServerHarness, StartGameServer, duel, end
from tests.support.harnesses.playing import watch
from wire.journal_file import decode


def opening_of(world: GameServerHarness, name: str = f"{SESSION}.1.journal") -> JournalOpened:
    """The first record of a journal, as it is on the disk."""
    for folder in (world.journals, world.journals / "reported"):
        if (folder / name).exists():
            return JournalRecord.FromString(decode((folder / name).read_bytes()).records[0]).opened
    raise FileNotFoundError(name)


async def replay_of(world: GameServerHarness) -> list[JournalRecord]:
    request = GetReplayRequest(session_id=SESSION)
    return list((await world.gateway.stub.GetReplay(request, metadata=world.gateway.metadata)).records)


async def test_a_live_match_shows_a_commitment_to_its_secret_and_the_secret_once_it_is_over(
    worlds: StartGameServer,
) -> None:
    async with worlds() as world:
        await world.create(duel(bots=2, points=3))
        secret = opening_of(world).secret
        assert len(secret) == 32
        async with aclosing(watch(world)) as frames:
            first = await anext(frames)
            shown = [first.SerializeToString()]
            async for frame in frames:
                shown.append(frame.SerializeToString())
                if len(shown) == 5:
                    break
        assert first.snapshot.card.commitment == commitment(secret) == sha256(b"matchpoint" + secret).digest()
        live = await replay_of(world)
        assert live[0].opened.commitment == commitment(secret)
        shown += [record.SerializeToString() for record in live]
        assert all(secret not in each for each in shown)
        assert live[0].opened.seed == 0
        await end(world)
        assert (await replay_of(world))[0].opened.secret == secret


async def test_what_a_caller_asks_for_as_a_seed_decides_nothing_of_a_duel(worlds: StartGameServer) -> None:
    async with worlds() as world:
        for session_id in (SESSION, "another-session-12345"):
            await world.create(duel(bots=2), session_id)
        first, second = opening_of(world), opening_of(world, "another-session-12345.1.journal")
        assert SessionSpec.FromString(first.spec) == SessionSpec.FromString(second.spec)
        assert first.secret != second.secret


def test_bots_think_from_a_secret_that_is_in_no_journal() -> None:
    ruleset = Ruleset(points_to_win=1)
    left, right = Occupant("a", bot=Strength.HARD), Occupant("b", bot=Strength.HARD)
    opened = Opened(ruleset, ruleset.hash(), bytes(range(32)), left, right)

    def played(secret: bytes) -> list[Input]:
        match = Match.open(opened, 0, secret=secret)
        while match.deadline is not None:
            match.advance(match.deadline)
        records = match.drain().records
        assert replay(records).result == match.result, "the journal rebuilds it all the same"
        return [record for record in records if isinstance(record, Input)]

    assert played(b"one") == played(b"one")
    assert played(b"one")[0] != played(b"another")[0]


def test_serves_follow_from_the_secret_as_the_protocol_says() -> None:
    secret, ruleset = bytes(range(32)), Ruleset()
    drawn = [
        int.from_bytes(sha256(secret + count.to_bytes(4, "little")).digest()[:4], "little") for count in range(1, 6)
    ]
    assert drawn == [draw_number(secret, count) for count in range(1, 6)]
    game = Pong(ruleset, secret)
    assert game.snapshot().random_state == 3, "how many were drawn, which tells nothing"
    assert (game.volley.vx > 0) == bool(drawn[0] & 1)
    assert game.volley.y0 == 22_500 + drawn[2] % 45_000


def test_the_next_serve_does_not_follow_from_the_state_that_viewers_are_sent() -> None:
    """From one and the same state, two secrets go on with two serves."""
    state = Pong(Ruleset(), bytes(32)).snapshot()
    serves: list[Volley] = []
    for last in (0, 1):
        game = Pong.restore(Ruleset(), state, bytes(31) + bytes((last,)))
        while sum(game.score) == 0:
            game.decide()
        serves.append(game.volley)
    assert serves[0] != serves[1]
