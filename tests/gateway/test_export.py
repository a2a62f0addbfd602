"""Files to take away: made once, off the loop, by cost; and what a spreadsheet may find in them."""

import asyncio

import pytest
from matchpoint.v1.account_pb2 import CreateGuestRequest
from matchpoint.v1.tournament_pb2 import Entrant, Pairing, PairingMatch, PairingSide, TournamentState

from gateway.conversion import converter as converters
from gateway.conversion.converter import BYTES_MAX, INLINE_BYTES_MAX, Converter
from gateway.conversion.csv_table import as_csv, plain
from gateway.conversion.worker import CONVERSIONS
from tests.support.fakes.gateway_peers import TOURNAMENT, UpstreamBackend
from tests.support.harnesses.gateway import GatewayHarness, Start
from wire.refusal import Refused

pytestmark = pytest.mark.anyio

LARGE = TournamentState(
    session_id=TOURNAMENT,
    entrants=[Entrant(entrant=number, name=f"Entrant {number}") for number in range(64)],
    pairings=[
        Pairing(
            pairing=number,
            left=PairingSide(entrant=number % 64),
            right=PairingSide(entrant=(number + 1) % 64),
            matches=[PairingMatch(match=number, attempt=1)],
        )
        for number in range(1, 500)
    ],
)


@pytest.mark.parametrize(
    "name",
    [
        "=1+1",
        "+1",
        "-1",
        "@SUM(A1)",
        "\t=1",
        "\r=1",
        "＝1",
        "＋1",
        "－1",
        "＠SUM(A1)",
        "﹦1",
        "﹢1",
        " =1",
        "\u200b=1",
        "|a",
        "%a",
    ],
)
def test_no_cell_is_taken_for_a_formula(name: str) -> None:
    assert plain(name) == f"'{name}"


@pytest.mark.parametrize("name", ["Mina", "민준, 김", "a=b", "_x_", "", "'quoted'", "7 of 9"])
def test_a_name_that_is_no_formula_stays_as_it_is(name: str) -> None:
    assert plain(name) == name


@pytest.mark.parametrize("suffix", ["json", "csv"])
async def test_a_large_tournament_is_converted_in_another_process_and_once(
    gateway: GatewayHarness, backend: UpstreamBackend, suffix: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    backend.tournament = LARGE
    assert LARGE.ByteSize() > INLINE_BYTES_MAX
    monkeypatch.setattr(converters, "CONVERSIONS", {})  # nothing is converted here
    asked = 0
    ask = Converter._convert_in_worker

    async def counted(self: Converter, *what: object) -> bytes:
        nonlocal asked
        asked += 1
        return await ask(self, *what)  # type: ignore[arg-type]

    monkeypatch.setattr(Converter, "_convert_in_worker", counted)
    path = f"/tournament/{TOURNAMENT}.{suffix}"
    answers = await asyncio.gather(*(gateway.http.get(path) for _ in range(4)))
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.content for answer in answers}) == asked == 1
    if suffix == "csv":
        assert answers[0].content.decode() == as_csv(LARGE)
    else:
        assert answers[0].json()["pairings"][-1]["pairing"] == 499


async def test_a_file_that_has_not_changed_is_not_sent_again(gateway: GatewayHarness, backend: UpstreamBackend) -> None:
    backend.tournament = LARGE
    path = f"/tournament/{TOURNAMENT}.json"
    first = await gateway.http.get(path)
    assert first.headers["cache-control"] == "private, no-cache"
    again = await gateway.http.get(path, headers={"if-none-match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    table = await gateway.http.get(f"/tournament/{TOURNAMENT}.csv", headers={"if-none-match": first.headers["etag"]})
    assert table.status_code == 200


async def test_files_cost_more_than_other_calls(start: Start, backend: UpstreamBackend) -> None:
    backend.tournament = LARGE
    async with start(calls_per_second=2) as gateway:
        statuses = [(await gateway.http.get(f"/tournament/{TOURNAMENT}.csv")).status_code for _ in range(4)]
    assert statuses == [200, 200, 429, 429]


async def test_a_journal_comes_as_the_file_that_verify_reads(gateway: GatewayHarness, backend: UpstreamBackend) -> None:
    backend.journal = b"matchpoint journal 1\nwhatever"
    answer = await gateway.http.get(f"/replay/{TOURNAMENT}/1.journal")
    assert (answer.status_code, answer.content) == (200, backend.journal)
    assert answer.headers["content-disposition"] == f'attachment; filename="matchpoint-{TOURNAMENT}-1.journal"'
    again = await gateway.http.get(f"/replay/{TOURNAMENT}/1.journal", headers={"if-none-match": answer.headers["etag"]})
    assert again.status_code == 304


async def test_a_long_body_in_json_is_read_in_another_process(
    gateway: GatewayHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    work = dict(CONVERSIONS)
    del work["to_message"]
    monkeypatch.setattr(converters, "CONVERSIONS", work)
    body = b'{"name": "Mina"' + b" " * 2 * INLINE_BYTES_MAX + b"}"
    headers = {"content-type": "application/json"}
    answer = await gateway.http.post("/api/matchpoint.v1.AccountService/CreateGuest", content=body, headers=headers)
    assert answer.json()["account"]["name"] == "Mina"
    body = b'{"nobody": "Mina"' + b" " * 2 * INLINE_BYTES_MAX + b"}"
    answer = await gateway.http.post("/api/matchpoint.v1.AccountService/CreateGuest", content=body, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid_argument")


async def test_the_process_is_started_again_when_it_is_lost_and_ends_with_the_gateway() -> None:
    converter = Converter()
    name = CreateGuestRequest.DESCRIPTOR.full_name
    body = b'{"name": "Mina"' + b" " * 2 * INLINE_BYTES_MAX + b"}"
    assert CreateGuestRequest.FromString(await converter.message(name, body)).name == "Mina"
    assert converter._process is not None
    first = converter._process
    first.kill()
    await asyncio.to_thread(first.wait)
    assert await converter.message(name, body)
    second = converter._process
    assert second.pid != first.pid
    await converter.close()
    assert second.returncode is not None


async def test_whoever_gives_up_leaves_no_answer_behind_and_the_process_as_it_is() -> None:
    converter = Converter()
    name = CreateGuestRequest.DESCRIPTOR.full_name
    try:
        await converter.message(name, b"{" + b" " * 2 * INLINE_BYTES_MAX + b"}")
        process = converter._process
        asking = asyncio.create_task(converter.message(name, b'{"name": "first"' + b" " * 2 * INLINE_BYTES_MAX + b"}"))
        await asyncio.sleep(0)  # It is asked from here on.
        asking.cancel()
        await asyncio.gather(asking, return_exceptions=True)
        second = await converter.message(name, b'{"name": "second"' + b" " * 2 * INLINE_BYTES_MAX + b"}")
        assert CreateGuestRequest.FromString(second).name == "second"
        assert converter._process is process
    finally:
        await converter.close()


async def test_what_is_too_large_for_json_is_refused_and_says_what_to_ask_for() -> None:
    with pytest.raises(Refused, match="application/proto"):
        await Converter().json(TournamentState.DESCRIPTOR.full_name, bytes(BYTES_MAX + 1))
