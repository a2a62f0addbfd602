"""Variables that cannot be used are refused by name, in one sentence."""

from pathlib import Path

import pytest

from wire.config import ConfigError, Environment, program_settings
from wire.logging import redact


@pytest.mark.parametrize("value", ["70000", "-1", "http", "1.5", "²"])
def test_a_port_that_is_none_is_refused(value: str) -> None:
    with pytest.raises(ConfigError, match="MATCHPOINT_GATEWAY_PORT"):
        Environment({"MATCHPOINT_GATEWAY_PORT": value}).port("GATEWAY_PORT", 8000)


@pytest.mark.parametrize("value", ["0.0.0.0", "192.168.0.1", "example.org", "localhost"])
def test_an_address_beyond_the_machine_is_refused(value: str) -> None:
    with pytest.raises(ConfigError, match="loopback"):
        Environment({"MATCHPOINT_HOST": value}).loopback()


def test_an_unset_or_empty_variable_means_its_default() -> None:
    assert Environment({"MATCHPOINT_BACKEND_PORT": " "}).port("BACKEND_PORT", 50051) == 50051
    assert Environment({}).flag("HOUSE_MATCH", default=True) is True
    assert Environment({}).loopback() == "127.0.0.1"


def test_a_secret_is_read_from_its_file_and_a_short_one_is_refused(tmp_path: Path) -> None:
    place = tmp_path / "token"
    with pytest.raises(ConfigError, match="cannot be read"):
        Environment({}).secret("SERVICE_TOKEN_FILE", place)
    place.write_text("short\n")
    with pytest.raises(ConfigError, match="shorter than 32"):
        Environment({}).secret("SERVICE_TOKEN_FILE", place)
    place.write_text("x" * 43 + "\n")
    assert Environment({}).secret("SERVICE_TOKEN_FILE", place) == "x" * 43


def test_secrets_never_reach_a_log_line() -> None:
    line = redact(None, "info", {"event": "joined", "ticket": "abc", "Person_Token": "def", "session_id": "s"})
    assert line == {"event": "joined", "ticket": "[redacted]", "Person_Token": "[redacted]", "session_id": "s"}


def test_metrics_have_their_own_port_and_any_free_one_beside_a_program_that_is_not_on_its_default(
    tmp_path: Path,
) -> None:
    (tmp_path / "service.token").write_text("t" * 43)

    def metrics_port(**variables: str) -> int:
        named = {f"MATCHPOINT_{name}": value for name, value in variables.items()}
        environment = Environment({"MATCHPOINT_DATA": str(tmp_path), **named})
        return program_settings(environment, "BACKEND", port=50051, metrics_port=9251)["metrics_port"]

    assert metrics_port() == 9251
    assert metrics_port(BACKEND_PORT="50061") == 0
    assert metrics_port(BACKEND_PORT="50061", BACKEND_METRICS_PORT="9251") == 9251
    with pytest.raises(ConfigError, match="MATCHPOINT_BACKEND_METRICS_PORT has to be a whole number"):
        metrics_port(BACKEND_METRICS_PORT="any")
