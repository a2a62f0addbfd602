"""Channels: one per target, with the settings, and the credential on each call."""

from collections.abc import Sequence

import grpc

from wire.settings import CHANNEL, LARGE_MESSAGE, Options, receive_limit

Metadata = tuple[tuple[str, str], ...]

AUTHORIZATION = "authorization"
PERSON_TOKEN = "matchpoint-token"
PERSON_ADDRESS = "matchpoint-address"
SERVER_CREDENTIAL = "matchpoint-server"
PERSON_AGENT = "matchpoint-agent"
PERSON_DEVICE = "matchpoint-device"
SET_TOKEN = "matchpoint-set-token"
SET_DEVICE = "matchpoint-set-device"


def connect(target: str, *, options: Options = CHANNEL, receive: int = LARGE_MESSAGE) -> grpc.aio.Channel:
    """A channel to `target` (host:port), not yet connected. `receive` is the largest message accepted, in bytes."""
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
    """The metadata of a call: who is calling, for which person, as which game server.

    Of the person: the session token, the network address, what the browser calls itself, and its own token. Empty ones
    are left out.
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
    return tuple(pairs)
