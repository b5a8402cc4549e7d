"""The Realtime API for Python: messages, protocol, client."""

from oyez_realtime.client import RealtimeClient
from oyez_realtime.connecting import Dialling
from oyez_realtime.errors import ConnectionLost, NotConnected, RealtimeError, SessionRefused, UpdateRefused, WireError

__all__ = [
    "ConnectionLost",
    "Dialling",
    "NotConnected",
    "RealtimeClient",
    "RealtimeError",
    "SessionRefused",
    "UpdateRefused",
    "WireError",
]
