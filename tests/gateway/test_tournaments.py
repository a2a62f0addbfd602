"""Tournaments through the gateway: who gets which topic, and how live."""

import asyncio
import csv
import io
import json
from contextlib import AsyncExitStack

import pytest
from matchpoint.v1.frames_pb2 import ClientMessage, Event, Follow, Seated, SeatMessage, ServerMessage, Unfollow, View
from matchpoint.v1.pong_pb2 import Side
from matchpoint.v1.refusal_pb2 import Reason
from matchpoint.v1.result_pb2 import Result
from matchpoint.v1.tournament_pb2 import (
    Entrant,
    LiveScore,
    Nobody,
    Pairing,
    PairingKind,
    PairingMatch,
    PairingSide,
    PairingState,
    Scoreboard,
    Stage,
    TournamentResult,
    TournamentState,
)

from gateway.watch.follower import FOLLOWED_TOPICS_MAX
from tests.support.fakes.gateway_peers import SESSION, TOURNAMENT, UpstreamBackend, UpstreamGameServer, position, volley
from tests.support.harnesses.gateway import GatewayHarness, close_code, heard, heard_frame, hello_message

pytestmark = pytest.mark.anyio


def following(*topics: int) -> list[Follow]:
    return [Follow(topic=topic) for topic in topics]


def changed(number: int) -> Event:
    return Event(pairing=Pairing(pairing=number))


async def test_a_spectator_of_a_tournament_gets_its_bracket_first(
    gateway: GatewayHarness, game_server: UpstreamGameServer
) -> None:
    async with gateway.watch(session_id=TOURNAMENT) as socket:
        joined = (await heard(socket)).joined
        assert (joined.session_id, joined.topic, list(joined.seats)) == (TOURNAMENT, 0, [])
        frame = (await heard_frame(socket)).frame
        assert frame.topic == 0
        assert frame.snapshot.tournament.session_id == TOURNAMENT
        game_server.topics[0].publish(changed(1))
        assert (await heard_frame(socket)).frame.events[0].pairing.pairing == 1


async def test_scores_of_what_is_on_pass_through(gateway: GatewayHarness, game_server: UpstreamGameServer) -> None:
    async with gateway.watch(session_id=TOURNAMENT) as socket:
        await heard_frame(socket)
        board = Scoreboard(scores=[LiveScore(match=3, left=4, right=2)], featured=3, viewers=9)
        game_server.topics[0].send(ServerMessage(scoreboard=board).SerializeToString())
        while not (message := await heard(socket)).HasField("scoreboard"):
            pass
        assert message.scoreboard == board


async def test_a_wall_of_sixteen_boards_beside_the_bracket_is_allowed_and_no_more(
    gateway: GatewayHarness, game_server: UpstreamGameServer
) -> None:
    wall = following(*range(17))
    async with gateway.watch(session_id=TOURNAMENT, follow=wall) as socket:
        seen = {(await heard_frame(socket)).frame.topic for _ in wall}
        assert seen == set(range(FOLLOWED_TOPICS_MAX))
        await socket.send(ClientMessage(follow=Follow(topic=18)).SerializeToString())
        assert await close_code(socket) == 4503


async def test_the_end_of_a_match_leaves_the_connection_open_and_the_end_of_the_tournament_closes_it(
    gateway: GatewayHarness, game_server: UpstreamGameServer
) -> None:
    async with gateway.watch(session_id=TOURNAMENT, follow=following(0, 1)) as socket:
        for _ in range(2):
            await heard_frame(socket)
        game_server.topics[1].finish()
        assert (await heard_frame(socket)).frame.events[0].HasField("result")
        game_server.topics[0].publish(Event(tournament_result=TournamentResult(has_champion=True)))
        assert (await heard_frame(socket)).frame.events[0].tournament_result.has_champion
        game_server.topics[0].send(None)
        assert await close_code(socket) == 1000


async def test_a_match_that_is_over_is_no_reason_to_close_a_spectator(
    gateway: GatewayHarness, game_server: UpstreamGameServer
) -> None:
    async with gateway.watch(session_id=TOURNAMENT) as socket:
        await heard_frame(socket)
        await socket.send(ClientMessage(follow=Follow(topic=77)).SerializeToString())
        await socket.send(ClientMessage(follow=Follow(topic=2)).SerializeToString())
        assert (await heard_frame(socket)).frame.topic == 2


async def test_a_thousand_spectators_of_one_final_cost_the_game_server_one_stream(
    gateway: GatewayHarness, game_server: UpstreamGameServer
) -> None:
    async with AsyncExitStack() as stack:
        sockets = [
            await stack.enter_async_context(gateway.watch(session_id=TOURNAMENT, follow=following(1)))
            for _ in range(WATCHING)
        ]
        for socket in sockets:
            await heard_frame(socket)
        await game_server.topics[1].watched_by(1)
        long = [request for request in game_server.streams if request.topic == 1 and request.viewers]
        assert len(long) == 1
        game_server.topics[1].publish(volley(1))
        frames = await asyncio.gather(*(heard_frame(socket) for socket in sockets))
        assert all(frame.frame.events[0].HasField("volley") for frame in frames)


#: As many as one address may open, which is what the rule needs: the count is the same for any number.
WATCHING = 60


async def test_whatever_a_spectator_asks_for_it_is_never_live(
    gateway: GatewayHarness, backend: UpstreamBackend, game_server: UpstreamGameServer
) -> None:
    ticket = backend.ticket(TOURNAMENT, role="spectator")
    for credential in ("", ticket):
        async with gateway.watch(session_id=TOURNAMENT, ticket=credential, follow=following(0, 1)) as socket:
            await heard_frame(socket)
            await heard_frame(socket)
    assert game_server.streams
    assert not any(request.live for request in game_server.streams)


async def test_an_organiser_without_a_seat_watches_live_by_their_ticket(
    gateway: GatewayHarness, backend: UpstreamBackend, game_server: UpstreamGameServer
) -> None:
    ticket = backend.ticket(TOURNAMENT, role="organiser")
    async with gateway.watch(session_id=TOURNAMENT, ticket=ticket, follow=following(0, 1)) as socket:
        await heard_frame(socket)
        await heard_frame(socket)
    assert len(game_server.streams) == 2
    assert all(request.live for request in game_server.streams)
    async with gateway.play(ticket) as socket:
        await socket.send(ClientMessage(seat=SeatMessage(resign=True, topic=1)).SerializeToString())
        while not (message := await heard(socket)).HasField("refusal"):
            pass
        assert message.refusal.reason == Reason.REASON_NOT_ALLOWED


async def live_and_open(game_server: UpstreamGameServer, live: bool) -> None:
    """Returns when the newest stream of the bracket is of this kind."""
    async with asyncio.timeout(5):
        while game_server.streams[-1].topic != 0 or game_server.streams[-1].live is not live:  # noqa: ASYNC110
            await asyncio.sleep(0.01)


async def test_who_organises_no_more_loses_the_view_without_delay(
    gateway: GatewayHarness, backend: UpstreamBackend, game_server: UpstreamGameServer
) -> None:
    ticket = backend.ticket(TOURNAMENT, role="organiser")
    async with gateway.watch(session_id=TOURNAMENT, ticket=ticket) as socket:
        await heard_frame(socket)
        await live_and_open(game_server, live=True)
        backend.organiser = "somebody-else"
        # A snapshot as old as spectators see it.
        assert (await heard_frame(socket)).frame.HasField("snapshot")
        await live_and_open(game_server, live=False)
    game_server.streams.clear()
    async with gateway.watch(session_id=TOURNAMENT, ticket=ticket) as socket:
        await heard_frame(socket)
        assert not any(request.live for request in game_server.streams)


async def test_who_is_out_watches_with_the_spectators_delay_and_who_is_in_again_without(
    gateway: GatewayHarness, backend: UpstreamBackend, game_server: UpstreamGameServer
) -> None:
    backend.organiser = "somebody-else"
    async with gateway.play(backend.ticket(TOURNAMENT, seats=(3,))) as socket:
        await heard_frame(socket)
        connection = (await game_server.next_inbound("join")).connection
        for out in (True, False):
            game_server.deliver(connection, ServerMessage(view=View(delayed=out)))
            assert (await heard(socket)).view.delayed is out
            assert (await heard_frame(socket)).frame.HasField("snapshot")
            if out:
                await live_and_open(game_server, live=False)


async def test_an_organiser_who_is_out_still_watches_without_the_delay(
    gateway: GatewayHarness, backend: UpstreamBackend, game_server: UpstreamGameServer
) -> None:
    async with gateway.play(backend.ticket(TOURNAMENT, seats=(3,))) as socket:
        await heard_frame(socket)
        connection = (await game_server.next_inbound("join")).connection
        game_server.deliver(connection, ServerMessage(view=View(delayed=True)))
        game_server.deliver(connection, ServerMessage(scoreboard=Scoreboard(viewers=5)))
        while not (await heard(socket)).HasField("scoreboard"):
            pass
        assert all(request.live for request in game_server.streams)
        backend.organiser = "somebody-else"
        await live_and_open(game_server, live=False)


async def test_a_player_of_a_tournament_watches_its_bracket_and_other_matches_live(
    gateway: GatewayHarness, backend: UpstreamBackend, game_server: UpstreamGameServer
) -> None:
    async with gateway.play(backend.ticket(TOURNAMENT, seats=(3,))) as socket:
        assert list((await heard(socket)).joined.seats) == [3]
        assert (await heard_frame(socket)).frame.topic == 0
        await socket.send(ClientMessage(follow=Follow(topic=2)).SerializeToString())
        assert (await heard_frame(socket)).frame.topic == 2
        assert all(request.live for request in game_server.streams)
        # Players are no spectators.
        assert not any(request.viewers for request in game_server.streams)
        await socket.send(ClientMessage(unfollow=Unfollow(topic=2)).SerializeToString())
        await game_server.topics[2].watched_by(0)


async def test_a_player_gets_an_own_match_from_the_play_stream_alone(
    gateway: GatewayHarness, backend: UpstreamBackend, game_server: UpstreamGameServer
) -> None:
    async with gateway.play(backend.ticket(TOURNAMENT, seats=(3,))) as socket:
        await heard_frame(socket)
        await socket.send(ClientMessage(follow=Follow(topic=1)).SerializeToString())
        await game_server.topics[1].watched_by(1)
        connection = (await game_server.next_inbound("join")).connection
        game_server.deliver(connection, ServerMessage(seated=Seated(topic=1, sides=[1])))
        await game_server.topics[1].watched_by(0)
        await socket.send(ClientMessage(follow=Follow(topic=1)).SerializeToString())
        await socket.send(ClientMessage(follow=Follow(topic=2)).SerializeToString())
        await game_server.topics[2].watched_by(1)
        assert not game_server.topics[1].subscribers


async def test_a_player_who_comes_back_goes_on_in_the_bracket_from_where_they_were(
    gateway: GatewayHarness, backend: UpstreamBackend, game_server: UpstreamGameServer
) -> None:
    bracket = game_server.topics[0]
    for number in range(1, 4):
        bracket.publish(changed(number))
    async with gateway.socket("/ws/play") as socket:
        hello = hello_message(
            ticket=backend.ticket(TOURNAMENT, seats=(3,)), follow=[Follow(topic=0, after=position(1))]
        )
        await socket.send(hello)
        numbers: list[int] = []
        while len(numbers) < 2:
            message = await heard(socket)
            if message.HasField("frame"):
                numbers += [event.pairing.pairing for event in message.frame.events]
        assert numbers == [2, 3]


@pytest.mark.parametrize("play_ends_first", [True, False])
async def test_a_player_is_shown_the_end_of_the_tournament_whichever_stream_ends_first(
    gateway: GatewayHarness, backend: UpstreamBackend, game_server: UpstreamGameServer, play_ends_first: bool
) -> None:
    async with gateway.play(backend.ticket(TOURNAMENT, seats=(3,))) as socket:
        await heard_frame(socket)
        connection = (await game_server.next_inbound("join")).connection
        last_word = ServerMessage(scoreboard=Scoreboard(viewers=77))
        if play_ends_first:
            game_server.deliver(connection, last_word, close_code=1000)
            while not (await heard(socket)).HasField("scoreboard"):
                pass
        game_server.topics[0].publish(Event(tournament_result=TournamentResult(has_champion=True)))
        game_server.topics[0].send(None)
        assert (await heard_frame(socket)).frame.events[0].tournament_result.has_champion
        if not play_ends_first:
            game_server.deliver(connection, last_word, close_code=1000)
        assert await close_code(socket) == 1000


async def test_a_duel_has_no_topics_to_follow(gateway: GatewayHarness, backend: UpstreamBackend) -> None:
    async with gateway.play(backend.ticket()) as socket:
        await heard_frame(socket)
        await socket.send(ClientMessage(follow=Follow(topic=2)).SerializeToString())
        assert await close_code(socket) == 4504


STATE = TournamentState(
    session_id=TOURNAMENT,
    entrants=[Entrant(entrant=0, name="=HYPERLINK(1)"), Entrant(entrant=1, name="민준, 김")],
    pairings=[
        Pairing(
            pairing=1,
            stage=Stage.STAGE_KNOCKOUT,
            round=1,
            left=PairingSide(entrant=0),
            right=PairingSide(entrant=1),
            state=PairingState.PAIRING_STATE_DECIDED,
            kind=PairingKind.PAIRING_KIND_PLAYED,
            winner=Side.SIDE_RIGHT,
            matches=[PairingMatch(match=1, attempt=1, result=Result(left=4, right=11, duration_us=95_240_000))],
        ),
        Pairing(pairing=2, stage=Stage.STAGE_THIRD_PLACE, round=1, left=PairingSide(loser_of=1)),
        Pairing(pairing=3, stage=Stage.STAGE_KNOCKOUT, round=2, right=PairingSide(nobody=Nobody())),
    ],
)


async def test_a_tournament_can_be_taken_away_as_json(gateway: GatewayHarness, backend: UpstreamBackend) -> None:
    backend.tournament = STATE
    answer = await gateway.http.get(f"/tournament/{TOURNAMENT}.json")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["content-disposition"] == f'attachment; filename="matchpoint-{TOURNAMENT}.json"'
    assert json.loads(answer.text)["pairings"][0]["matches"][0]["result"]["right"] == 11


async def test_a_tournament_can_be_taken_away_as_a_table_that_runs_no_formula(
    gateway: GatewayHarness, backend: UpstreamBackend
) -> None:
    backend.tournament = STATE
    answer = await gateway.http.get(f"/tournament/{TOURNAMENT}.csv")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    text = answer.content.decode("utf-8-sig")
    assert answer.content.startswith(b"\xef\xbb\xbf")
    first, second, third = csv.DictReader(io.StringIO(text))
    assert (first["left"], first["right"], first["winner"]) == ("'=HYPERLINK(1)", "민준, 김", "민준, 김")
    assert (first["left_points"], first["right_points"], first["duration_s"]) == ("4", "11", "95.2")
    assert (second["stage"], second["left"], second["state"]) == ("third_place", "loser of 1", "unspecified")
    assert third["right"] == ""


@pytest.mark.parametrize("suffix", ["json", "csv"])
async def test_a_tournament_that_is_not_there_is_a_404_with_a_sentence(gateway: GatewayHarness, suffix: str) -> None:
    answer = await gateway.http.get(f"/tournament/{SESSION}.{suffix}")
    assert (answer.status_code, answer.text) == (404, "There is no such tournament.\n")


async def test_the_pages_of_tournaments_are_the_application(gateway: GatewayHarness) -> None:
    for path in ("/tournaments", f"/tournament/{TOURNAMENT}"):
        answer = await gateway.http.get(path)
        assert answer.status_code == 200
        assert "Matchpoint" in answer.text
