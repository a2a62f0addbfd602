"""Results as journals prove them and as the backend lists them."""

from pathlib import Path

from matchpoint.v1.result_pb2 import Result

from gameserver.contract.codec import ProtobufCodec
from gameserver.contract.match_messages import result_message
from gameserver.domain.match.verify import verify
from tests.support.clients.site import Site
from tests.support.faults.fast_timing import HURRIED


def bare(result: Result) -> Result:
    """A result as the bracket tells it: without statistics."""
    without = Result()
    without.CopyFrom(result)
    without.ClearField("stats")
    return without


def name_of(key: tuple[int, int]) -> str:
    """Name of a match's journal."""
    match, attempt = key
    return f"{match}-{attempt}" if attempt > 1 else str(match)


def proof(path: Path) -> Result:
    """The result that a match's journal proves, with the waits that it was written with: budgets follow from them."""
    codec = ProtobufCodec()
    return result_message(verify(codec.read(path.read_bytes()).records, HURRIED))


async def listed(site: Site, session: str) -> list[tuple[int, int]]:
    """All matches of a session that ListMatches tells of, page by page."""
    found, token = [], ""
    while True:
        answer = await site.post("StatsService/ListMatches", {"pageSize": 7, "pageToken": token})
        assert answer.status == 200
        matches = answer.body["matches"]
        found += [(match["match"], match["attempt"]) for match in matches if match["sessionId"] == session]
        token = answer.body.get("nextPageToken", "")
        if not token:
            return sorted(found)
