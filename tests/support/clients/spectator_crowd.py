"""Many spectators in one process, to be held still.

    python -m tests.support.clients.spectator_crowd PAGE SESSION COUNT

Each has a receive buffer as small as the kernel allows, so that what it does not read waits at the gateway, and asks
for JSON, which is some eight times as long. Prints `seated` once each has had a frame, and at the end how their
connections ended.
"""

import asyncio
import json
import socket
import sys
from collections import Counter
from urllib.parse import urlsplit

from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed
from websockets.typing import Subprotocol

RECEIVE_BUFFER = 1


def hello(session: str) -> str:
    """The first message of a spectator."""
    return json.dumps({"hello": {"sessionId": session, "protocol": 1}})


async def _watch(page: str, session: str, seated: asyncio.Semaphore) -> str:
    address = urlsplit(page)
    plain = socket.socket()
    plain.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, RECEIVE_BUFFER)
    plain.setblocking(False)
    await asyncio.get_running_loop().sock_connect(plain, (address.hostname, address.port))
    watching = connect(
        page.replace("http", "ws", 1) + "/ws/watch",
        sock=plain,
        additional_headers={"origin": page},
        subprotocols=[Subprotocol("matchpoint.v1.json")],
        proxy=None,
        compression=None,
    )
    async with watching as connection:
        await connection.send(hello(session))
        waiting = True
        try:
            while True:
                message = await connection.recv()
                if waiting and "frame" in json.loads(message):
                    waiting = False
                    seated.release()
        except ConnectionClosed:
            return str(connection.close_code)


async def main(page: str, session: str, count: int) -> None:
    """Watches until every connection is closed."""
    seated = asyncio.Semaphore(0)
    async with asyncio.TaskGroup() as group:
        watching = [group.create_task(_watch(page, session, seated)) for _ in range(count)]
        for _ in range(count):
            await seated.acquire()
        sys.stdout.write("seated\n")
        sys.stdout.flush()
    sys.stdout.write(f"{dict(Counter(one.result() for one in watching))}\n")


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], sys.argv[2], int(sys.argv[3])))
