"""The Realtime API for Python: messages, protocol, client."""

from oyez_realtime.client import RealtimeClient
from oyez_realtime.closing import Remedy, Verdict
from oyez_realtime.connecting import Dialling
from oyez_realtime.errors import ConnectionLost, NotConnected, RealtimeError, SessionRefused, UpdateRefused, WireError
from oyez_realtime.event_types import EventType
from oyez_realtime.media import MediaFormat, MediaParameters, Played, Sink
from oyez_realtime.sinks import NullSink, WavFileSink
from oyez_realtime.speaker_sink import SpeakerSink
from oyez_realtime.tools import ToolRegistry, ToolResult

__all__ = [
    "ConnectionLost",
    "Dialling",
    "EventType",
    "MediaFormat",
    "MediaParameters",
    "NotConnected",
    "NullSink",
    "Played",
    "RealtimeClient",
    "RealtimeError",
    "Remedy",
    "SessionRefused",
    "Sink",
    "SpeakerSink",
    "ToolRegistry",
    "ToolResult",
    "UpdateRefused",
    "Verdict",
    "WavFileSink",
    "WireError",
]
