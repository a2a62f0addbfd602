"""Metrics for Prometheus. They are read from the parts when scraped, so the hot paths count nothing for them."""

from prometheus_client import CollectorRegistry
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from gateway.http.limits import Limits
from gateway.play.stream import StreamPool
from gateway.watch.feed import FeedRegistry
from wire.loop_watch import LoopWatch


class _GatewayCollector(Collector):
    def __init__(self, limits: Limits, feeds: FeedRegistry, streams: StreamPool, watch: LoopWatch) -> None:
        self._limits = limits
        self._feeds = feeds
        self._streams = streams
        self._watch = watch

    def collect(self) -> list[Metric]:
        """Reads every metric."""
        frames = CounterMetricFamily("matchpoint_frames", "Frames delivered to browsers.", labels=["to"])
        frames.add_metric(["spectators"], self._feeds.delivered)
        frames.add_metric(["players"], self._streams.delivered)
        opened = GaugeMetricFamily("matchpoint_upstream_streams", "Open streams to game servers.", labels=["kind"])
        opened.add_metric(["topic"], self._feeds.streams)
        opened.add_metric(["play"], self._streams.streams)
        refused = CounterMetricFamily("matchpoint_refused_connections", "TCP connections refused.", labels=["why"])
        for cause, count in self._limits.refused.items():
            refused.add_metric([cause], count)
        return [
            GaugeMetricFamily("matchpoint_connections", "Open WebSockets.", value=self._limits.open),
            GaugeMetricFamily("matchpoint_tcp_connections", "Open TCP connections.", value=self._limits.connections),
            refused,
            GaugeMetricFamily(
                "matchpoint_unsent_bytes",
                "Written to spectators, and not yet taken by the kernel.",
                value=self._feeds.unsent_bytes,
            ),
            GaugeMetricFamily(
                "matchpoint_loop_held_seconds",
                "The longest that one piece of work has held the event loop.",
                value=self._watch.longest_s,
            ),
            frames,
            opened,
        ]


def collect(limits: Limits, feeds: FeedRegistry, streams: StreamPool, watch: LoopWatch) -> CollectorRegistry:
    """Makes a registry with the metrics of this gateway."""
    registry = CollectorRegistry()
    registry.register(_GatewayCollector(limits, feeds, streams, watch))
    return registry
