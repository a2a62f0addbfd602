"""Numbers for Prometheus, read when they are asked for: counting costs the hot paths nothing."""

from prometheus_client import CollectorRegistry
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from gateway.limits import Limits
from gateway.link import Links
from gateway.upstream import Hub
from wire.loop_watch import LoopWatch


class _Numbers(Collector):
    def __init__(self, limits: Limits, hub: Hub, links: Links, watch: LoopWatch) -> None:
        self._limits = limits
        self._hub = hub
        self._links = links
        self._watch = watch

    def collect(self) -> list[Metric]:
        """What is asked for."""
        frames = CounterMetricFamily("matchpoint_frames", "Frames delivered to browsers.", labels=["to"])
        frames.add_metric(["spectators"], self._hub.delivered)
        frames.add_metric(["players"], self._links.delivered)
        streams = GaugeMetricFamily("matchpoint_upstream_streams", "Open streams to game servers.", labels=["kind"])
        streams.add_metric(["topic"], self._hub.streams)
        streams.add_metric(["play"], self._links.streams)
        refused = CounterMetricFamily("matchpoint_refused_connections", "TCP connections refused.", labels=["why"])
        for why, count in self._limits.refused.items():
            refused.add_metric([why], count)
        return [
            GaugeMetricFamily("matchpoint_connections", "Open WebSockets.", value=self._limits.open),
            GaugeMetricFamily("matchpoint_tcp_connections", "Open TCP connections.", value=self._limits.connections),
            refused,
            GaugeMetricFamily(
                "matchpoint_unsent_bytes",
                "Written to spectators, and not yet taken by the kernel.",
                value=self._hub.unsent,
            ),
            GaugeMetricFamily(
                "matchpoint_loop_held_seconds",
                "The longest that one piece of work has held the event loop.",
                value=self._watch.longest_s,
            ),
            frames,
            streams,
        ]


def collect(limits: Limits, hub: Hub, links: Links, watch: LoopWatch) -> CollectorRegistry:
    """A registry of this gateway's numbers."""
    registry = CollectorRegistry()
    registry.register(_Numbers(limits, hub, links, watch))
    return registry
