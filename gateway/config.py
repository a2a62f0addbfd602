"""What the gateway reads from its environment."""

from dataclasses import dataclass
from pathlib import Path

from wire.config import Environment


@dataclass(frozen=True, slots=True)
class Config:
    """The configuration, checked. Rates are per second, sizes in bytes, times in seconds."""

    host: str = "127.0.0.1"
    port: int = 8000
    backend_address: str = "127.0.0.1:50051"
    service_token: str = ""
    # Exact origins that browsers may come from; empty means the two loopback names with the port that was bound.
    origins: tuple[str, ...] = ()
    # Names that may be asked for in the Host header, beside those of the origins and of loopback.
    hosts: tuple[str, ...] = ()
    # Whether /metrics is there for others than this machine too.
    metrics_public: bool = False
    log_level: str = "INFO"
    loop_tick_s: float = 0.02
    # What is kept over a restart; None keeps nothing.
    noted: Path | None = None

    # A connection that sends no whole request in this time is closed; whole seconds.
    http_idle_s: int = 10
    hello_within_s: float = 5.0
    # A reader whose writes are held up, or whose pong is late, for this long is closed with 4008.
    stall_s: float = 5.0
    # An upstream topic that nobody watches is kept open for this long.
    linger_s: float = 5.0
    # A game server that cannot be reached for this long closes its players and spectators with 1014.
    give_up_s: float = 15.0

    sockets: int = 20_000
    sockets_per_address: int = 1_000
    # New sockets and calls of one address: a steady rate, and a burst of ten seconds' worth.
    openings_per_second: int = 20
    calls_per_second: int = 20
    # Pages and files of one address, in the same way.
    pages_per_second: int = 50
    # Messages of one connection, with a burst of two seconds' worth.
    messages_per_second: int = 120
    # What all that one address sends may cost a second (`gateway.metering`), with a burst of one second's worth.
    cost_per_address: int = 12_000

    def __post_init__(self) -> None:
        if not self.service_token:
            raise ValueError("an empty service token would let nobody in")

    def __repr__(self) -> str:
        return f"Config({self.host}:{self.port}, backend {self.backend_address})"


def read(environment: Environment) -> Config:
    """The configuration of this process. Raises ConfigError."""
    data = environment.path("DATA", ".matchpoint")
    return Config(
        host=environment.loopback(),
        port=environment.port("GATEWAY_PORT", 8000),
        backend_address=environment.text("BACKEND_ADDRESS", "127.0.0.1:50051"),
        service_token=environment.secret("SERVICE_TOKEN_FILE", data / "service.token"),
        origins=tuple(origin.rstrip("/") for origin in environment.names("ORIGINS")),
        hosts=environment.names("HOSTS"),
        metrics_public=environment.flag("METRICS_PUBLIC", default=False),
        log_level=environment.log_level(),
        loop_tick_s=environment.loop_tick_s(),
        noted=data / "gateway.json",
        hello_within_s=environment.seconds("HELLO_WITHIN_S", 5.0, 0.1, 60.0),
        stall_s=environment.seconds("STALL_S", 5.0, 0.5, 60.0),
        give_up_s=environment.seconds("GIVE_UP_S", 15.0, 0.5, 300.0),
        sockets=environment.number("SOCKETS", 20_000, 1, 1_000_000),
        sockets_per_address=environment.number("SOCKETS_PER_ADDRESS", 1_000, 1, 1_000_000),
        openings_per_second=environment.number("OPENINGS_PER_SECOND", 20, 1, 100_000),
        calls_per_second=environment.number("CALLS_PER_SECOND", 20, 1, 100_000),
        pages_per_second=environment.number("PAGES_PER_SECOND", 50, 1, 100_000),
        messages_per_second=environment.number("MESSAGES_PER_SECOND", 120, 1, 100_000),
        cost_per_address=environment.number("COST_PER_ADDRESS", 12_000, 1_000, 10_000_000),
    )
