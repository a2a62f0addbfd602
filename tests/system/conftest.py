"""A whole Matchpoint, started the way a person starts it, for tests that use it from outside."""

from collections.abc import AsyncIterator, Iterator

import pytest

from tests.support.clients.site import Site
from tests.support.processes.installation import Installation, start, stop
from tests.support.storage import databases


@pytest.fixture(scope="package")
def matchpoint(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """One Matchpoint for all tests of this folder. It has to end cleanly."""
    process, installation = start(tmp_path_factory.mktemp("matchpoint") / "data")
    try:
        yield installation
    finally:
        code = stop(process)
    assert code == 0
    assert (installation.data / "matchpoint.db").exists() == (databases.kind == "sqlite")


@pytest.fixture
async def site(matchpoint: Installation) -> AsyncIterator[Site]:
    """The same, as people see it who have not signed in yet."""
    async with Site(matchpoint) as site:
        yield site
