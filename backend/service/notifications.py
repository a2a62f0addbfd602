"""Base of all notifications to lobby connections."""


class Notification:
    """Something that a lobby connection is sent.

    Equal to nothing but itself, so that one for many connections can be known again and is written once.
    """
