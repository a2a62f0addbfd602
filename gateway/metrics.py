"""Metrics for Prometheus. They are read from the parts when scraped, so the hot paths count nothing for them."""

from prometheus_client import CollectorRegistry
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric

from gateway.http.limits import Limits
from gateway.play.stream import StreamPool
from gateway.watch.feed import FeedRegistry
from wire.durations import Durations
from wire.loop_watch import LoopWatch
from wire.metrics import gauge, histogram, registry_of


def collect(
    limits: Limits, feeds: FeedRegistry, streams: StreamPool, watch: LoopWatch, calls: Durations
) -> CollectorRegistry:
    """Makes a registry with the metrics of this gateway."""

    def read() -> list[Metric]:
        frames = CounterMetricFamily("matchpoint_frames", "Frames delivered to browsers.", labels=["to"])
        frames.add_metric(["spectators"], feeds.delivered)
        frames.add_metric(["players"], streams.delivered)
        opened = GaugeMetricFamily("matchpoint_upstream_streams", "Open streams to game servers.", labels=["kind"])
        opened.add_metric(["topic"], feeds.streams)
        opened.add_metric(["play"], streams.streams)
        refused = CounterMetricFamily("matchpoint_refused_connections", "TCP connections refused.", labels=["why"])
        for cause, count in limits.refused.items():
            refused.add_metric([cause], count)
        return [
            gauge("matchpoint_connections", "Open WebSockets.", limits.open),
            gauge("matchpoint_tcp_connections", "Open TCP connections.", limits.connections),
            refused,
            gauge(
                "matchpoint_unsent_bytes",
                "Written to spectators, and not yet taken by the kernel.",
                feeds.unsent_bytes,
            ),
            gauge(
                "matchpoint_loop_held_seconds",
                "The longest that one piece of work has held the event loop.",
                watch.longest_s,
            ),
            frames,
            opened,
            histogram("matchpoint_gateway_calls_seconds", "Calls by HTTP to /api/.", ("method", "status"), calls),
        ]

    return registry_of(read)
