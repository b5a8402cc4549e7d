"""The configuration: one frozen struct an organ, closed to unknown keys, a sentence under each field.

Loading it (and naming every mistake with its line) is `config_file.py`'s work.
"""

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from oyez.addresses import Backend, SocketAddress
from oyez.config_hearing import Board as Board, Hearing as Hearing
from oyez.config_home import Home as Home
from oyez.config_money import LIST_PRICES as LIST_PRICES, ModelPrices as ModelPrices, Money as Money
from oyez.config_panel import Button as Button, Buttons as Buttons, Lights as Lights
from oyez.config_section import Fraction, Identifier, Positive, Section
from oyez.config_tools import (
    AnyTool as AnyTool,
    HomeAssistant as HomeAssistant,
    HomeAssistantConversation as HomeAssistantConversation,
    HomeAssistantService as HomeAssistantService,
    HttpCall as HttpCall,
    Mcp as Mcp,
    MqttRequest as MqttRequest,
    Parameter as Parameter,
    Tool as Tool,
    ToolCalls as ToolCalls,
)


class Device(Section, frozen=True, kw_only=True):
    id: Identifier = "oyez"
    """In every topic and in Home Assistant's registry: letters, digits, _ and -."""
    name: Annotated[str, Meta(min_length=1, max_length=64)] = "Oyez"
    """As people see it."""


class Speaking(Section, frozen=True, kw_only=True):
    volume: Fraction = 0.6
    """At start; later changes come over MQTT."""
    chimes: bool = True
    """Short sounds for: heard you, done, something is wrong."""
    chime_level_dbfs: Annotated[float, Meta(le=0.0)] = -18.0


class Line(Section, frozen=True, kw_only=True):
    backend_url: Backend = "http://127.0.0.1:8700"
    """Where this device gets its tokens."""
    device_key_file: str = ""
    """File with the key that the backend gave this device; under systemd: the credential `device_key`."""
    realtime_url: SocketAddress = ""
    """Overrides the address that the backend names, e.g. ws://127.0.0.1:8765/v1/realtime; empty: the backend's."""
    model: str = "gpt-realtime-2.1"
    """Models are retired: this is a setting and never a constant."""
    voice: str = "marin"
    instructions: str = (
        "You are Oyez, a voice assistant in a home. Answer in one or two short spoken sentences. "
        "Use the tools for anything in the house."
    )
    language: str = "en"
    """ISO 639-1."""
    transcription_model: str = "gpt-transcribe"
    """Writes down what was heard; empty: no transcript."""
    turn_detection: Literal["server_vad", "semantic_vad", "manual"] = "server_vad"
    """Who ends a turn: the service after so much silence, the service by what was meant, or this device's own gate."""
    silence_ms: Annotated[int, Meta(ge=100, le=5000)] = 500
    """server_vad: the service takes its turn after so much silence."""
    eagerness: Literal["low", "medium", "high", "auto"] = "auto"
    """semantic_vad: how soon the service takes its turn."""
    audio_format: Literal["pcm", "pcmu", "pcma"] = "pcm"
    """On the wire, both ways: 24 kHz PCM (48 kB/s), or 8 kHz G.711 mu-law or A-law (8 kB/s) for a poor uplink."""
    max_output_tokens: Annotated[int, Meta(ge=1, le=4096)] = 1024
    """Of one reply."""
    retention_ratio: Annotated[float, Meta(ge=0.1, le=1.0)] = 0.8
    """What the service keeps of a long conversation when it must forget; below 1 it forgets rarely and much."""
    context_tokens_max: Annotated[int, Meta(ge=1000, le=28_000)] = 8000
    """The longest conversation that the service is asked to read at each reply: bounds the cost of a turn."""
    rotate_before_s: Positive = 120.0
    """A session is replaced at a quiet moment so long before the service ends it."""
    reconnect_s: Positive = 12.0
    """A line that broke in mid-conversation is tried again for so long before the conversation is given up."""
    ping_s: Annotated[float, Meta(ge=1.0, le=120.0)] = 5.0
    """A socket that has been silent for so long is asked whether it lives; no answer in the same time: it is dead."""
    connect_timeout_s: Positive = 8.0
    token_margin_s: Positive = 60.0
    """A token is renewed when less than this is left of its life."""
    local_url: SocketAddress = ""
    """`oyez-local` in the house, which answers while the service is away, e.g. ws://127.0.0.1:8765/v1/realtime; empty:
    nobody does."""
    local_key_file: str = ""
    """File with its key; under systemd: the credential `local_key`; none of them: it asks for none."""
    local_ca_file: str = ""
    """PEM of who signed its certificate, for wss:// inside a house; empty: the system's."""
    local_after_s: Annotated[float, Meta(ge=0.2, le=10.0)] = 2.0
    """So long the service has to open a session, or to mend one, before the local server is asked as well."""


class Conversation(Section, frozen=True, kw_only=True):
    opening_s: Positive = 10.0
    """The line must be open by then."""
    chime_pause_s: Annotated[float, Meta(ge=0.0, le=2.0)] = 0.35
    """The chime after the wake word comes only if nobody speaks for so long: it must not cover a request."""
    patience_s: Positive = 6.0
    """After the chime: so long for the first word. After a reply: so long for a follow-up."""
    thinking_s: Positive = 20.0
    """So long for the service to begin its answer."""
    speaking_s: Positive = 120.0
    """Longest reply."""
    utterance_s: Positive = 30.0
    """Longest request."""
    follow_up: bool = True
    """Listen again after a reply, without a wake word."""
    follow_ups_max: Annotated[int, Meta(ge=0, le=1000)] = 20
    """So many requests may follow one wake word."""
    closing_phrases: tuple[str, ...] = ("thank you", "thanks", "that is all", "that's all", "goodbye", "never mind")
    """A request that is nothing but one of these ends the conversation."""
    max_conversation_s: Positive = 600.0
    """No conversation is longer: an open line costs money."""
    filler_s: Annotated[float, Meta(ge=0.0, le=30.0)] = 1.0
    """A tool that takes longer makes the device say a word; 0: it stays silent."""
    approval_s: Positive = 20.0
    """So long for somebody to agree to a remote tool; then it is refused."""
    yes_phrases: tuple[str, ...] = ("yes", "yes please", "okay", "ok", "sure", "do it", "go ahead")
    """Spoken alone after the question, one of these agrees to it."""
    no_phrases: tuple[str, ...] = ("no", "no thanks", "don't", "do not", "cancel")
    ring_s: Annotated[float, Meta(ge=5.0, le=900.0)] = 120.0
    """So long a timer rings that nobody stops."""
    bid_s: Annotated[float, Meta(ge=0.05, le=1.0)] = 0.15
    """So long other devices that heard the same wake word have to say how well they did."""


class Config(Section, frozen=True, kw_only=True):
    device: Device = msgspec.field(default_factory=Device)
    board: Board = msgspec.field(default_factory=Board)
    lights: Lights = msgspec.field(default_factory=Lights)
    buttons: Buttons = msgspec.field(default_factory=Buttons)
    hearing: Hearing = msgspec.field(default_factory=Hearing)
    speaking: Speaking = msgspec.field(default_factory=Speaking)
    line: Line = msgspec.field(default_factory=Line)
    conversation: Conversation = msgspec.field(default_factory=Conversation)
    money: Money = msgspec.field(default_factory=Money)
    home: Home = msgspec.field(default_factory=Home)
    tools: list[AnyTool] = []
    """`[[tools]]`, one a thing that the voice can do."""
    tool_calls: ToolCalls = msgspec.field(default_factory=ToolCalls)
    home_assistant: HomeAssistant = msgspec.field(default_factory=HomeAssistant)
    mcp: list[Mcp] = []
    """`[[mcp]]`, one a server of tools elsewhere."""
