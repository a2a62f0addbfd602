"""Mapping of what game servers say of themselves."""

from matchpoint.internal.v1 import fleet_pb2

from backend.service.sessions.fleet import ServerHeartbeat, ServerHello, SessionBrief


def server_hello(message: fleet_pb2.ServerHello) -> ServerHello:
    return ServerHello(
        message.server, message.address, message.capacity, message.incarnation, tuple(message.session_ids)
    )


def server_heartbeat(message: fleet_pb2.ServerHeartbeat) -> ServerHeartbeat:
    briefs = [SessionBrief(one.session_id, one.left, one.right, one.viewers) for one in message.briefs]
    return ServerHeartbeat(message.sessions, message.draining, briefs)
