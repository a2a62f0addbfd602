"""The instrument of `bench.fairness`: the relay does what it says, and kernels believe it."""

import json
import os
import socket
import struct
import subprocess
import sys
from pathlib import Path

import pytest

from bench.fairness.network import SERVER, NoNetwork, network
from bench.fairness.player import Done
from bench.fairness.relay import Line, Relay, with_sums
from bench.fairness.table import Results
from bench.fairness.wilson import interval

#: Sends bytes there and back, then says what its kernel has measured.
_SERVER = """
import socket, struct, sys
listener = socket.create_server((sys.argv[1], 9000))
print("ready", flush=True)
for _ in range(int(sys.argv[2])):
    peer, address = listener.accept()
    while data := peer.recv(100):
        peer.sendall(data)
    measured = peer.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 192)
    print(struct.unpack_from("=148xI", measured)[0], flush=True)
"""
_CLIENT = """
import socket, sys, time
peer = socket.create_connection((sys.argv[1], 9000), source_address=(sys.argv[2], 0))
peer.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
for _ in range(8):
    peer.sendall(b"x")
    peer.recv(1)
"""


def packet(source: str, to: str, payload: bytes) -> bytes:
    """A TCP segment, as an application's kernel makes it."""
    head = bytearray(40)
    head[0], head[8], head[9] = 0x45, 64, 6
    head[12:16], head[16:20] = socket.inet_aton(source), socket.inet_aton(to)
    head[20:24] = struct.pack(">HH", 4_000, 8_000)
    head[32], head[33] = 0x50, 0x18
    return with_sums(head + payload)


def test_the_relay_delays_each_way_by_half_the_round_trip_and_some_jitter() -> None:
    relay = Relay({1: Line(40_000, 2_000)})
    for number in range(200):
        now = number * 10_000_000
        relay.take(packet("10.77.1.5", SERVER, b"x"), up=True, now=now)
        assert relay.next is not None
        assert 20_000_000 <= relay.next - now <= 22_000_000
        assert relay.due(relay.next - 1) is None
        assert relay.due(relay.next) is not None


def test_the_relay_drops_as_many_packets_as_it_says_and_keeps_the_order_of_the_rest() -> None:
    relay = Relay({1: Line(40_000, 50_000, loss_down=0.1)})
    sent = [packet(SERVER, "10.77.1.5", number.to_bytes(2)) for number in range(5_000)]
    for number, each in enumerate(sent):
        relay.take(each, up=False, now=number * 1_000_000)
    arrived = []
    while (following := relay.due(1 << 62)) is not None:
        arrived.append(following[1])
    assert arrived == sorted(arrived, key=sent.index)
    assert 0.08 < 1 - len(arrived) / len(sent) < 0.12


def test_the_interval_of_a_share_is_wilsons() -> None:
    low, high = interval(10, 20)
    assert (round(low, 4), round(high, 4)) == (0.2993, 0.7007)


def test_kernels_measure_the_round_trips_of_the_relay_or_the_command_says_what_it_needs() -> None:
    lines = [Line(40_000), Line(200_000), Line(40_000, hold=160_000)]
    try:
        with network(lines) as between:
            command = ["ip", "netns", "exec", between.server, sys.executable, "-c", _SERVER, SERVER, str(len(lines))]
            with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
                assert server.stdout
                assert server.stdout.readline() == "ready\n"
                for line in lines:
                    there = [sys.executable, "-c", _CLIENT, SERVER, between.address(line, 7)]
                    subprocess.run(["ip", "netns", "exec", between.players, *there], check=True, timeout=30)
                measured = [int(server.stdout.readline()) for _ in lines]
            namespaces = between.server, between.players
    except NoNetwork:
        command = [sys.executable, "-m", "bench.fairness", "--minutes", "0"]
        said = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
        assert said.returncode == 2
        assert said.stderr.startswith("Fairness cannot be measured here. ")
        return
    for line, rtt_us in zip(lines, measured, strict=True):
        assert line.rtt + line.hold <= rtt_us <= line.rtt + line.hold + 5_000
    assert not any(Path("/run/netns", name).exists() for name in namespaces)


def test_a_measurement_goes_on_where_it_stopped_and_counts_only_matches_with_a_winner(tmp_path: Path) -> None:
    for number, won in enumerate((True, False, None)):
        Results(tmp_path / "results.jsonl").add(Done(number, "row", won, 60.0, (40, 40)))
    results = Results(tmp_path / "results.jsonl")
    assert (results.played("row"), results.won("row")) == (2, 1)


@pytest.mark.slow
@pytest.mark.skipif(os.geteuid() != 0, reason="namespaces need root; the test above says so then")
def test_the_command_plays_real_matches_over_the_relays_lines(tmp_path: Path) -> None:
    results = tmp_path / "results.jsonl"
    command = [sys.executable, "-m", "bench.fairness", "control", "--matches", "2", "--results", str(results)]
    said = subprocess.run(command, capture_output=True, text=True, timeout=400, check=True)
    assert "| 2 |" in said.stdout
    played = [json.loads(line) for line in results.read_text().splitlines()]
    assert [match["won"] in (True, False) for match in played] == [True] * 2
    assert all(40 <= rtt <= 50 for match in played for rtt in match["rtts_ms"])
