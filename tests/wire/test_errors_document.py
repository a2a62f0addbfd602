"""docs/errors.md says what the table in the code says."""

import re
from pathlib import Path

from matchpoint.v1.refusal_pb2 import Reason

from wire.refusal import TABLE

DOCUMENT = Path(__file__).parents[2] / "docs" / "errors.md"
ROW = re.compile(r"^\| `([A-Z_]+)` \| .+ \| ([A-Z_]+) \| (\d+) \|$", re.MULTILINE)


def test_the_document_lists_every_reason_with_its_status_and_close_code() -> None:
    documented = {name: (status, int(code)) for name, status, code in ROW.findall(DOCUMENT.read_text())}
    coded = {Reason.Name(reason).removeprefix("REASON_"): (s.name, code) for reason, (s, code) in TABLE.items()}
    assert documented == coded
