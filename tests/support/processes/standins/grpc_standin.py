"""A program that is nothing but healthy, for tests of the supervisor: it serves gRPC health and obeys SIGTERM."""

import os
import signal
import sys
from concurrent import futures
from pathlib import Path

import grpc
from grpc_health.v1 import health, health_pb2_grpc


def main(program: str) -> None:
    behaviour = os.environ.get(f"STANDIN_{program.upper()}", "")
    if behaviour == "refuses its settings":
        print("MATCHPOINT_SOMETHING=x is wrong; correct it.", file=sys.stderr)
        sys.exit(78)
    if behaviour == "cannot start":
        sys.exit(3)
    server = grpc.server(futures.ThreadPoolExecutor(2), options=[("grpc.so_reuseport", 0)])
    health_pb2_grpc.add_HealthServicer_to_server(health.HealthServicer(), server)
    server.add_insecure_port(f"127.0.0.1:{os.environ[f'MATCHPOINT_{program.upper()}_PORT']}")
    server.start()
    data = Path(os.environ["MATCHPOINT_DATA"])
    (data / f"{program}.pid").write_text(str(os.getpid()))
    print('{"event": "ready", "level": "info"}', file=sys.stderr, flush=True)
    if behaviour == "warns":
        print('{"event": "something is odd", "level": "warning", "room": "K7"}', file=sys.stderr, flush=True)
    if behaviour == "does not stop":
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
    server.wait_for_termination()
