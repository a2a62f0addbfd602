"""Knowledge of the backend: over a restart of the gateway, while the backend is away, and after a signing-out."""

import asyncio
import base64
import json
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from matchpoint.v1.refusal_pb2 import Reason
from websockets.asyncio.client import ClientConnection

from gateway.backend_client import cache
from gateway.backend_client.cache import CACHE_TTL_S, CachedDirectory
from tests.support.fakes.gateway_peers import ISSUED_MS, PRIVATE, SESSION, UpstreamBackend, UpstreamGameServer
from tests.support.harnesses.gateway import Start, close_code, heard, heard_frame
from wire.tickets import TicketSigner, new_private_key

pytestmark = pytest.mark.anyio

NOW_S = 1_800_000_000.0
KNOWN = CachedDirectory((("key-1", bytes(range(32))), ("key-0", bytes(32))), {"gs-1": "127.0.0.1:50052"})


async def until(so: Callable[[], bool]) -> None:
    async with asyncio.timeout(10):
        while not so():  # noqa: ASYNC110  a file has no event
            await asyncio.sleep(0.01)


async def once_in(start: Start, backend: UpstreamBackend, file: Path) -> None:
    """A gateway that had a player, and has ended."""
    async with start(cache_file=file, key_refresh_s=0.05) as gateway, gateway.play(backend.ticket()) as socket:
        assert (await heard(socket)).joined.session_id == SESSION
        await until(lambda: bool(cache.load(file, time.time()).servers))


async def refusal(socket: ClientConnection) -> int:
    while (message := await heard(socket)).WhichOneof("body") != "refusal":
        pass
    return message.refusal.reason


async def test_who_comes_back_is_let_in_though_gateway_and_backend_were_both_killed(
    start: Start, backend: UpstreamBackend, game_server: UpstreamGameServer, tmp_path: Path
) -> None:
    await once_in(start, backend, tmp_path / "gateway.json")
    await backend.server.stop(0)
    async with (
        start(cache_file=tmp_path / "gateway.json", key_refresh_s=0.05) as gateway,
        gateway.play(backend.ticket()) as socket,
    ):
        assert (await heard(socket)).joined.session_id == SESSION


async def test_while_the_directory_is_silent_the_tickets_own_hint_counts(
    start: Start, backend: UpstreamBackend, game_server: UpstreamGameServer, tmp_path: Path
) -> None:
    await once_in(start, backend, tmp_path / "gateway.json")
    backend.answers.clear()
    async with (
        start(cache_file=tmp_path / "gateway.json", key_refresh_s=0.05) as gateway,
        gateway.play(backend.ticket()) as socket,
    ):
        assert (await heard(socket)).joined.session_id == SESSION
    backend.answers.set()


async def test_without_notes_nobody_is_let_in_while_the_backend_is_away(
    start: Start, backend: UpstreamBackend, game_server: UpstreamGameServer, tmp_path: Path
) -> None:
    await backend.server.stop(0)
    async with (
        start(cache_file=tmp_path / "gateway.json", key_refresh_s=0.05) as gateway,
        gateway.play(backend.ticket()) as socket,
    ):
        assert await refusal(socket) == Reason.REASON_SERVER_UNAVAILABLE
        assert await close_code(socket) == 1014
    assert game_server.play_streams == 0


async def test_a_forged_ticket_is_refused_also_while_the_backend_is_away(
    start: Start, backend: UpstreamBackend, game_server: UpstreamGameServer, tmp_path: Path
) -> None:
    await once_in(start, backend, tmp_path / "gateway.json")
    await backend.server.stop(0)
    streams = game_server.play_streams
    forged = backend.ticket(signer=TicketSigner("key-1", new_private_key()))
    async with (
        start(cache_file=tmp_path / "gateway.json", key_refresh_s=0.05) as gateway,
        gateway.play(forged) as socket,
    ):
        assert await refusal(socket) == Reason.REASON_TICKET_INVALID
        assert await close_code(socket) == 4500
    assert game_server.play_streams == streams


async def test_a_key_that_the_backend_has_given_up_is_given_up_here(
    start: Start, backend: UpstreamBackend, game_server: UpstreamGameServer, tmp_path: Path
) -> None:
    file = tmp_path / "gateway.json"
    await once_in(start, backend, file)
    old, backend.signer = backend.ticket(), TicketSigner("key-2", new_private_key())
    async with start(cache_file=file, key_refresh_s=0.05) as gateway:
        await until(lambda: [kid for kid, _ in cache.load(file, time.time()).keys] == ["key-2"])
        async with gateway.play(old) as socket:
            assert await refusal(socket) == Reason.REASON_TICKET_INVALID
        async with gateway.play(backend.ticket()) as socket:
            assert (await heard(socket)).joined.session_id == SESSION


async def test_signing_out_ends_watching_with_the_tickets_so_far_and_no_other(
    start: Start, backend: UpstreamBackend, game_server: UpstreamGameServer
) -> None:
    ticket = backend.ticket(PRIVATE)
    async with (
        start(key_refresh_s=0.05) as gateway,
        gateway.watch(session_id="", ticket=ticket) as holder,
        gateway.watch() as stranger,
    ):
        await heard_frame(holder), await heard_frame(stranger)
        backend.voided = {"somebody-else": ISSUED_MS, "account-1": ISSUED_MS - 1}
        asked = backend.keys_asked
        await until(lambda: backend.keys_asked >= asked + 3)
        async with gateway.watch(session_id="", ticket=ticket) as again:
            await heard_frame(again)
        backend.voided = {"account-1": ISSUED_MS}
        assert await refusal(holder) == Reason.REASON_TICKET_EXPIRED
        assert await close_code(holder) == 4010
        for path in (gateway.watch(session_id="", ticket=ticket), gateway.play(ticket)):
            async with path as socket:
                assert await refusal(socket) == Reason.REASON_TICKET_EXPIRED
                assert await close_code(socket) == 4010
        game_server.match.finish()
        assert await close_code(stranger) == 1000
    assert game_server.play_streams == 0


# The cache file.


def test_what_is_noted_is_read_again(tmp_path: Path) -> None:
    file = tmp_path / "data" / "gateway.json"
    cache.save(file, KNOWN, NOW_S)
    assert cache.load(file, NOW_S) == cache.load(file, NOW_S + CACHE_TTL_S) == KNOWN
    cache.save(file, CachedDirectory(), NOW_S)
    assert cache.load(file, NOW_S) == CachedDirectory()
    assert [path.name for path in file.parent.iterdir()] == ["gateway.json"]


@pytest.mark.parametrize("later_s", [CACHE_TTL_S + 1, -1, 1e9])
def test_notes_that_are_too_old_or_of_the_future_are_none(tmp_path: Path, later_s: float) -> None:
    cache.save(tmp_path / "gateway.json", KNOWN, NOW_S)
    assert cache.load(tmp_path / "gateway.json", NOW_S + later_s) == CachedDirectory()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        "null",
        '{"unix_s": "x"}',
        json.dumps({"unix_s": NOW_S}),
        json.dumps({"unix_s": NOW_S, "keys": [], "servers": {}}),
        json.dumps({"unix_s": NOW_S, "keys": {"key-1": "!!"}, "servers": {}}),
        json.dumps({"unix_s": NOW_S, "keys": {"key-1": base64.b64encode(b"short").decode()}, "servers": {}}),
        "9" * 100_000,
    ],
)
def test_notes_that_make_no_sense_are_none(tmp_path: Path, text: str) -> None:
    (tmp_path / "gateway.json").write_text(text)
    assert cache.load(tmp_path / "gateway.json", NOW_S) == CachedDirectory()


def test_notes_that_cannot_be_written_leave_those_before(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "gateway.json"
    cache.save(file, KNOWN, NOW_S)

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("gateway.backend_client.cache.json.dump", full)
    with pytest.raises(OSError, match="No space left"):
        cache.save(file, CachedDirectory(), NOW_S)
    assert cache.load(file, NOW_S) == KNOWN
    assert list(tmp_path.iterdir()) == [file]


async def test_what_a_gateway_that_was_killed_has_left_half_written_is_gone_after_the_next_start(
    start: Start, backend: UpstreamBackend, tmp_path: Path
) -> None:
    left = tmp_path / "gateway.json.new"
    left.write_text('{"unix_s": 18')
    async with start(cache_file=tmp_path / "gateway.json", key_refresh_s=0.05):
        await until(lambda: not left.exists())
