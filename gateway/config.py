"""Settings that the gateway reads from its environment."""

from dataclasses import dataclass
from pathlib import Path

from wire.config import Environment, ProgramConfig, program_settings


@dataclass(frozen=True, slots=True)
class Config(ProgramConfig):
    """The configuration, checked. Rates are per second, sizes in bytes, times in seconds."""

    backend_address: str = "127.0.0.1:50051"
    origins: tuple[str, ...] = ()
    """Exact origins that browsers may come from; empty means the two loopback names with the port that was bound."""
    hosts: tuple[str, ...] = ()
    """Names that the Host header may have, beside those of the origins and of loopback."""
    metrics_public: bool = False
    """True if /metrics is answered to other machines too."""
    cache_file: Path | None = None
    """File of the cache that outlives a restart; None keeps nothing."""
    key_refresh_s: float = 2.0
    """Time between two requests for ticket keys and for the accounts that have signed out."""

    http_idle_s: int = 10
    """Whole seconds after which a connection without a whole request is closed."""
    hello_within_s: float = 5.0
    """Time that the first message of a WebSocket may take."""
    ping_s: float = 2.5
    """Time between two pings. A connection that was heard of since the last one gets none, so one that hangs is noticed
    after 2 x 2.5 s, the time for its pong, and a second for its close: within 12 s."""
    stall_s: float = 5.0
    """Time after which a reader whose writes are held up, or whose pong is late, is closed with 4008."""
    linger_s: float = 5.0
    """Time for which an upstream topic without viewers is kept open."""
    give_up_s: float = 15.0
    """Time after which players and spectators of a game server that cannot be reached are closed with 1014."""

    sockets: int = 20_000
    sockets_per_address: int = 1_000
    openings_per_second: int = 20
    """New sockets of one address, with a burst of ten seconds' worth."""
    calls_per_second: int = 20
    """API calls of one address, with a burst of ten seconds' worth."""
    pages_per_second: int = 50
    """Pages and files of one address, with a burst of ten seconds' worth."""
    messages_per_second: int = 120
    """Messages of one connection, with a burst of two seconds' worth."""
    cost_per_address: int = 12_000
    """Cost per second of everything that one address sends (`gateway.http.metering`), with a burst of one second's
    worth."""

    def __post_init__(self) -> None:
        if not self.service_token:
            raise ValueError("an empty service token would let nobody in")

    def __repr__(self) -> str:
        return f"Config({self.host}:{self.port}, backend {self.backend_address})"


def read(environment: Environment) -> Config:
    """Reads the configuration of this process. Raises ConfigError."""
    data = environment.path("DATA", ".matchpoint")
    return Config(
        **program_settings(environment, "GATEWAY", port=8000, metrics_port=9280),
        backend_address=environment.text("BACKEND_ADDRESS", "127.0.0.1:50051"),
        origins=tuple(origin.rstrip("/") for origin in environment.names("ORIGINS")),
        hosts=environment.names("HOSTS"),
        metrics_public=environment.flag("METRICS_PUBLIC", default=False),
        cache_file=data / "gateway.json",
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
