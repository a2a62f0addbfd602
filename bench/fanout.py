"""One match watched by a thousand: what a delivered frame costs the gateway, beside a raw `send()` loop.

    python -m bench.fanout [--spectators 1000] [--rate 100] [--seconds 10]

In one run, on the same machine: the real gateway, pinned to one core, fans one topic out to real WebSocket
connections; then a process that does nothing but `send()` the same bytes to as many sockets, pinned to the same core.
Load, upstream and receivers have the other cores. CPU is what the kernel accounts to the process (user and system),
divided by the frames that the receivers counted. Compare the ratio; the absolute figures belong to the machine.
"""

import argparse
import asyncio
import base64
import json
import os
import selectors
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from matchpoint.internal.v1 import entry_pb2, entry_pb2_grpc
from matchpoint.v1 import session_pb2, session_pb2_grpc
from matchpoint.v1.frames_pb2 import ClientMessage, Event, Frame, Hello, Snapshot
from matchpoint.v1.pong_pb2 import PaddleMove, Side

from wire.server import Server

SESSION = "bench-fanout-session-0"
TOKEN = "bench-service-token-0123456789abcdef"
TICKS = os.sysconf("SC_CLK_TCK")
GOAL = 2.0

# Pins itself, then becomes the program: a hook between fork and exec would disturb gRPC's threads.
PINNED = """
import os, sys
os.sched_setaffinity(0, {int(sys.argv[1])})
os.execv(sys.executable, [sys.executable, *sys.argv[2:]])
"""


def memory_kib(pid: int) -> int:
    """Resident memory of a process."""
    status = Path(f"/proc/{pid}/status").read_text()
    return int(status.partition("VmRSS:")[2].split()[0])


def cpu_s(pid: int) -> float:
    """CPU seconds of a process so far, user and system, all of its threads."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


class Upstream(entry_pb2_grpc.EntryServiceServicer, session_pb2_grpc.SessionServiceServicer):
    """Backend and game server in one: it knows one session, and publishes when it is told to."""

    def __init__(self) -> None:
        self.address = ""
        self.queues: set[asyncio.Queue[session_pb2.StreamGameStateResponse]] = set()
        self.seq = 0

    async def LocateSession(self, request: Any, context: Any) -> entry_pb2.LocateSessionResponse:  # noqa: N802
        """Here, open to everybody."""
        return entry_pb2.LocateSessionResponse(server="bench", address=self.address, epoch=1, public=True)

    async def GetTicketKeys(self, request: Any, context: Any) -> entry_pb2.GetTicketKeysResponse:  # noqa: N802
        """Nobody comes with a ticket."""
        return entry_pb2.GetTicketKeysResponse()

    async def StreamGameState(self, request: Any, context: Any) -> Any:  # noqa: N802
        """A snapshot, then what is published."""
        queue: asyncio.Queue[session_pb2.StreamGameStateResponse] = asyncio.Queue()
        queue.put_nowait(frame(self.seq, snapshot=True))
        self.queues.add(queue)
        try:
            while True:
                yield await queue.get()
        finally:
            self.queues.discard(queue)

    async def publish(self, rate: float, seconds: float) -> int:
        """Publishes frames at a steady rate. Returns how many."""
        loop = asyncio.get_running_loop()
        began, count = loop.time(), int(rate * seconds)
        for number in range(count):
            await asyncio.sleep(max(0.0, began + number / rate - loop.time()))
            self.seq += 1
            for queue in self.queues:
                queue.put_nowait(frame(self.seq, snapshot=False))
        return count


def frame(seq: int, *, snapshot: bool) -> session_pb2.StreamGameStateResponse:
    """An example of a paddle move."""
    move = PaddleMove(side=Side.SIDE_LEFT, t=12_345_678, y=45_000, dir=-1, input_seq=77)
    made = Frame(topic=1, epoch=1, seq=seq, server_ms=123_456.789, horizon_t=13_345_678)
    if snapshot:
        made.snapshot.CopyFrom(Snapshot())
    else:
        made.events.append(Event(paddle_move=move))
    return session_pb2.StreamGameStateResponse(frame=made)


class Receivers(threading.Thread):
    """Counts the bytes that arrive on many sockets. It reads with one epoll and decodes nothing."""

    def __init__(self, sockets: list[socket.socket]) -> None:
        super().__init__(daemon=True)
        self._selector = selectors.DefaultSelector()
        self._running = True
        self.bytes = 0
        for connection in sockets:
            connection.setblocking(False)
            self._selector.register(connection, selectors.EVENT_READ)

    def run(self) -> None:
        """Reads until it is stopped."""
        while self._running:
            for key, _ in self._selector.select(0.1):
                try:
                    self.bytes += len(key.fileobj.recv(65_536))  # type: ignore[union-attr]
                except (BlockingIOError, ConnectionError):
                    continue

    def stop(self) -> None:
        """Reads no more."""
        self._running = False
        self.join()


def spectator(port: int) -> socket.socket:
    """A connection that watches: handshake and hello by hand, since nothing else is needed here."""
    connection = socket.create_connection(("127.0.0.1", port))
    key = base64.b64encode(os.urandom(16)).decode()
    connection.sendall(
        f"GET /ws/watch HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nOrigin: http://127.0.0.1:{port}\r\n"
        f"Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n"
        "Sec-WebSocket-Protocol: matchpoint.v1\r\n\r\n".encode()
    )
    answer = b""
    while b"\r\n\r\n" not in answer:
        answer += connection.recv(4_096)
    if b" 101 " not in answer.split(b"\r\n")[0]:
        raise RuntimeError(answer.decode(errors="replace"))
    hello = ClientMessage(hello=Hello(session_id=SESSION, protocol=1)).SerializeToString()
    # A mask of zeros leaves the bytes as they are.
    connection.sendall(bytes((0x82, 0x80 | len(hello), 0, 0, 0, 0)) + hello)
    return connection


@dataclass(frozen=True)
class Cost:
    """Measurements."""

    frames: int
    delivered: int
    cpu_s: float
    kib: float = 0.0

    @property
    def us(self) -> float:
        """CPU microseconds for each delivered frame."""
        return self.cpu_s / self.delivered * 1e6


@contextmanager
def child(*arguments: str, environment: dict[str, str], core: int) -> Iterator[tuple["subprocess.Popen[str]", int]]:
    """A process pinned to one core; gives the port that it says it is ready on."""
    process = subprocess.Popen(
        [sys.executable, "-c", PINNED, str(core), *arguments],
        env={**os.environ, **environment},
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stderr is not None
    try:
        port = 0
        for line in process.stderr:
            if '"ready"' in line:
                port = json.loads(line)["port"]
                break
        if not port:
            raise RuntimeError(f"{arguments} did not start")
        threading.Thread(target=process.stderr.read, daemon=True).start()
        yield process, port
    finally:
        process.terminate()
        process.wait(10)


async def through_gateway(arguments: argparse.Namespace, core: int) -> Cost:
    """The gateway with a thousand spectators."""
    upstream = Upstream()  # type: ignore[abstract]  # the other methods stay UNIMPLEMENTED
    server = Server(TOKEN, None)
    entry_pb2_grpc.add_EntryServiceServicer_to_server(upstream, server.grpc)
    session_pb2_grpc.add_SessionServiceServicer_to_server(upstream, server.grpc)
    upstream.address = f"127.0.0.1:{await server.start('127.0.0.1:0', [])}"
    with tempfile.TemporaryDirectory() as folder:
        token = Path(folder) / "service.token"
        token.write_text(TOKEN)
        environment = {
            "MATCHPOINT_DATA": folder,
            "MATCHPOINT_SERVICE_TOKEN_FILE": str(token),
            "MATCHPOINT_BACKEND_ADDRESS": upstream.address,
            "MATCHPOINT_GATEWAY_PORT": "0",
            "MATCHPOINT_SOCKETS_PER_ADDRESS": "100000",
            "MATCHPOINT_OPENINGS_PER_SECOND": "100000",
            "MATCHPOINT_COST_PER_ADDRESS": "10000000",
            # The receivers here answer no pings.
            "MATCHPOINT_STALL_S": "60",
        }
        with child("-m", "gateway", environment=environment, core=core) as (process, port):
            empty = memory_kib(process.pid)
            connections = await asyncio.to_thread(lambda: [spectator(port) for _ in range(arguments.spectators)])
            receivers = Receivers(connections)
            receivers.start()
            await asyncio.sleep(2.5)
            kib = (memory_kib(process.pid) - empty) / arguments.spectators
            size = len(frame(1_000, snapshot=False).SerializeToString()) + 2
            upstream.seq = 1_000
            await upstream.publish(arguments.rate, 1.0)
            await asyncio.sleep(1.0)
            bytes_before, cpu_before = receivers.bytes, cpu_s(process.pid)
            count = await upstream.publish(arguments.rate, arguments.seconds)
            expected = count * size * arguments.spectators
            deadline = time.monotonic() + 30
            while receivers.bytes - bytes_before < expected and time.monotonic() < deadline:
                await asyncio.sleep(0.05)
            cost = cpu_s(process.pid) - cpu_before
            got = receivers.bytes - bytes_before
            # Pings and counts of viewers come on top; anything less is a frame that was not delivered.
            if got < expected:
                raise RuntimeError(f"{expected} bytes were due, {got} came")
            receivers.stop()
            for connection in connections:
                connection.close()
    await server.stop(0)
    return Cost(count, count * arguments.spectators, cost, kib)


RAW = """
import json, os, select, socket, sys, time
count, rate, seconds, size = int(sys.argv[1]), float(sys.argv[2]), float(sys.argv[3]), int(sys.argv[4])
listening = socket.create_server(("127.0.0.1", 0), backlog=2048)
listening.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 16384)
listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
print(json.dumps({"event": "ready", "port": listening.getsockname()[1]}), file=sys.stderr, flush=True)
sends = []
keep = []
for _ in range(count):
    connection, _ = listening.accept()
    connection.setblocking(False)
    keep.append(connection)
    sends.append(connection.send)
frame = b"x" * size
sys.stdin.readline()
began = time.monotonic()
for number in range(int(rate * seconds)):
    time.sleep(max(0.0, began + number / rate - time.monotonic()))
    for send in sends:
        send(frame)
sys.stdin.readline()
"""


async def raw_loop(arguments: argparse.Namespace, core: int) -> Cost:
    """The floor: the same bytes to as many sockets, nothing else."""
    size = len(frame(1_000, snapshot=False).SerializeToString()) + 2
    numbers = (arguments.spectators, arguments.rate, arguments.seconds, size)
    process = subprocess.Popen(
        [sys.executable, "-c", PINNED, str(core), "-c", RAW, *map(str, numbers)],
        stdin=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdin is not None
    assert process.stderr is not None
    try:
        port = json.loads(process.stderr.readline())["port"]
        connections = [socket.create_connection(("127.0.0.1", port)) for _ in range(arguments.spectators)]
        receivers = Receivers(connections)
        receivers.start()
        await asyncio.sleep(1.0)
        before = cpu_s(process.pid)
        process.stdin.write("go\n")
        process.stdin.flush()
        count = int(arguments.rate * arguments.seconds)
        expected = count * size * arguments.spectators
        deadline = time.monotonic() + arguments.seconds * 3 + 30
        while receivers.bytes < expected and time.monotonic() < deadline:
            await asyncio.sleep(0.05)
        if receivers.bytes < expected:
            raise RuntimeError(f"{expected} bytes were due, {receivers.bytes} came")
        cost = cpu_s(process.pid) - before
        receivers.stop()
    finally:
        process.kill()
        process.wait()
    return Cost(count, count * arguments.spectators, cost)


async def run(arguments: argparse.Namespace) -> float:
    """Measures both, prints them, and returns the ratio."""
    cores = sorted(os.sched_getaffinity(0))
    if len(cores) < 2:
        raise SystemExit("This needs two cores: one for what is measured, one for the load.")
    os.sched_setaffinity(0, set(cores[1:]))
    gateway = await through_gateway(arguments, cores[0])
    floor = await raw_loop(arguments, cores[0])
    ratio = gateway.us / floor.us
    print(f"{arguments.spectators} spectators, {gateway.frames} frames at {arguments.rate:g}/s")
    print(f"gateway        {gateway.us:6.2f} us CPU for each delivered frame ({gateway.delivered} delivered)")
    print(f"raw send loop  {floor.us:6.2f} us CPU for each delivered frame")
    print(f"memory         {gateway.kib:6.1f} KiB for each connection, kernel not counted")
    print(f"ratio          {ratio:6.2f}   (goal: at most {GOAL:g})")
    return ratio


def main() -> int:
    """0 when the goal is met, 1 when it is not."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--spectators", type=int, default=1_000)
    parser.add_argument("--rate", type=float, default=20.0, help="frames a second")
    parser.add_argument("--seconds", type=float, default=10.0)
    return 0 if asyncio.run(run(parser.parse_args())) <= GOAL else 1


if __name__ == "__main__":
    sys.exit(main())
