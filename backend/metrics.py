"""Metrics of the backend for Prometheus."""

from prometheus_client import CollectorRegistry
from prometheus_client.core import GaugeMetricFamily, Metric

from backend.compose import Backend
from wire.loop_watch import LoopWatch
from wire.metrics import gauge, histogram, registry_of


def collect(backend: Backend, watch: LoopWatch) -> CollectorRegistry:
    """Makes a registry with the metrics of this backend."""
    presence, fleet = backend.services.presence, backend.services.fleet

    def read() -> list[Metric]:
        sessions = GaugeMetricFamily(
            "matchpoint_backend_sessions", "Matches on a game server, as it said last.", labels=["server"]
        )
        capacity = GaugeMetricFamily(
            "matchpoint_backend_capacity", "Most matches that a game server takes at once.", labels=["server"]
        )
        for load in fleet.loads():
            sessions.add_metric([load.server], load.sessions)
            capacity.add_metric([load.server], load.capacity)
        return [
            gauge("matchpoint_backend_accounts_online", "Accounts with a lobby connection.", presence.accounts),
            gauge("matchpoint_backend_lobby_connections", "Lobby connections.", presence.connections),
            sessions,
            capacity,
            gauge(
                "matchpoint_backend_loop_held_seconds",
                "The longest that one piece of work has held the event loop.",
                watch.longest_s,
            ),
            histogram(
                "matchpoint_backend_calls_seconds", "gRPC calls, each until its end.", ("method", "code"), backend.calls
            ),
            histogram(
                "matchpoint_backend_database_seconds",
                "Time for which a connection to the database was used, the wait for it included.",
                ("kind",),
                backend.database_durations,
            ),
        ]

    return registry_of(read)
