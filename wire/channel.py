"""gRPC channels with our settings, and the metadata that names the caller."""

from collections.abc import Sequence
from typing import Final

import grpc

from wire.request_ids import REQUEST_ID, current_request_id
from wire.settings import CHANNEL, LARGE_MESSAGE, Options, receive_limit

Metadata = tuple[tuple[str, str], ...]

AUTHORIZATION: Final = "authorization"
PERSON_TOKEN: Final = "matchpoint-token"
PERSON_ADDRESS: Final = "matchpoint-address"
SERVER_CREDENTIAL: Final = "matchpoint-server"
PERSON_AGENT: Final = "matchpoint-agent"
PERSON_DEVICE: Final = "matchpoint-device"
SET_TOKEN: Final = "matchpoint-set-token"
SET_DEVICE: Final = "matchpoint-set-device"


def connect(target: str, *, options: Options = CHANNEL, receive: int = LARGE_MESSAGE) -> grpc.aio.Channel:
    """Makes a channel to `target` (host:port), not yet connected; it accepts messages of up to `receive` bytes."""
    every: Sequence[tuple[str, int | str]] = (*options, *receive_limit(receive))
    return grpc.aio.insecure_channel(target, options=every)


def credentials(
    service_token: str,
    *,
    person_token: str = "",
    person_address: str = "",
    person_agent: str = "",
    person_device: str = "",
    server_credential: str = "",
) -> Metadata:
    """Makes the metadata of a call: the program's credential, the person that it calls for, the game server that it is.

    The person is described by the session token, the network address, the browser's User-Agent, and the browser's own
    token. Empty values are left out. The id of the request that is being worked for goes along.
    """
    pairs = [(AUTHORIZATION, f"Bearer {service_token}")]
    if person_token:
        pairs.append((PERSON_TOKEN, person_token))
    if person_address:
        pairs.append((PERSON_ADDRESS, person_address))
    if person_agent:
        pairs.append((PERSON_AGENT, person_agent))
    if person_device:
        pairs.append((PERSON_DEVICE, person_device))
    if server_credential:
        pairs.append((SERVER_CREDENTIAL, server_credential))
    return with_request_id(tuple(pairs))


def with_request_id(metadata: Metadata) -> Metadata:
    """Adds the id of the request that is being worked for, to metadata that serves many calls."""
    request_id = current_request_id()
    return (*metadata, (REQUEST_ID, request_id)) if request_id else metadata
