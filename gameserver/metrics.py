"""Metrics of the game server for Prometheus."""

from prometheus_client import CollectorRegistry
from prometheus_client.core import Metric

from gameserver.app import GameServer
from gameserver.sessions.runner import MatchRunner
from wire.loop_watch import LoopWatch
from wire.metrics import gauge, histogram, registry_of


def collect(server: GameServer, watch: LoopWatch) -> CollectorRegistry:
    """Makes a registry with the metrics of this game server."""

    def read() -> list[Metric]:
        running = server.registry.dispatcher.running
        matches = sum(isinstance(session, MatchRunner) for session in running)
        return [
            gauge("matchpoint_gameserver_sessions", "Sessions that are on.", len(list(server.registry.session_ids()))),
            gauge("matchpoint_gameserver_matches", "Matches that are on, those of tournaments included.", matches),
            gauge("matchpoint_gameserver_places", "Matches that are on, or may be at once.", server.registry.places),
            gauge("matchpoint_gameserver_capacity", "Most matches that may be on at once.", server.registry.capacity),
            gauge(
                "matchpoint_gameserver_reports_waiting",
                "Sessions with a result that the backend does not have yet.",
                len(server.reporter.waiting),
            ),
            gauge(
                "matchpoint_gameserver_loop_held_seconds",
                "The longest that one piece of work has held the event loop.",
                watch.longest_s,
            ),
            histogram(
                "matchpoint_gameserver_calls_seconds",
                "gRPC calls, each until its end.",
                ("method", "code"),
                server.calls,
            ),
        ]

    return registry_of(read)
