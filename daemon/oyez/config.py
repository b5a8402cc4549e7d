"""The configuration: one frozen struct an organ, closed to unknown keys, a sentence under each field.

Loading it (and naming every mistake with its line) is `config_file.py`'s work.
"""

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from oyez.config_hearing import Board as Board
from oyez.config_hearing import Hearing as Hearing
from oyez.config_money import LIST_PRICES as LIST_PRICES
from oyez.config_money import ModelPrices as ModelPrices
from oyez.config_money import Money as Money
from oyez.config_section import Fraction, Identifier, Positive, Section


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
    backend_url: str = "http://127.0.0.1:8700"
    """Where this device gets its tokens."""
    device_key_file: str = ""
    """File with the key that the backend gave this device; under systemd: the credential `device_key`."""
    realtime_url: str = ""
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


class Home(Section, frozen=True, kw_only=True):
    host: str = "127.0.0.1"
    """MQTT broker; empty: no home automation."""
    port: Annotated[int, Meta(ge=1, le=65535)] = 1883
    username: str = ""
    password_file: str = ""
    """Under systemd: the credential `mqtt_password`."""
    tls: bool = False
    tls_ca_file: str = ""
    discovery: bool = True
    """Announce the device to Home Assistant."""
    discovery_prefix: str = "homeassistant"
    publish_text: bool = False
    """Publish what was heard and said. Off: words of the household stay out of the broker."""


class Parameter(Section, frozen=True, kw_only=True):
    """One argument of a tool, as the model sees it (JSON Schema)."""

    type: Literal["string", "number", "integer", "boolean"] = "string"
    description: str = ""
    choices: list[str] = []
    """The only values allowed; empty: any."""
    required: bool = True


class Tool(Section, frozen=True, kw_only=True):
    """Something in the house that the voice can do: it publishes one MQTT message."""

    name: Identifier
    description: Annotated[str, Meta(min_length=1, max_length=1000)]
    """For the model: when to use it."""
    topic: Annotated[str, Meta(min_length=1, max_length=256)]
    """`{argument}` is replaced by its value, in lower case with `_` for spaces."""
    payload: str = ""
    """`{argument}` is replaced, booleans as ON and OFF; empty: all arguments as JSON."""
    answer: str = "Done."
    """What the model is told to say, `{argument}` replaced."""
    retain: bool = False
    parameters: dict[str, Parameter] = {}


class ToolCalls(Section, frozen=True, kw_only=True):
    """Which tools may be called at all, and how."""

    allowed: tuple[str, ...] = ("*",)
    """Names of tools, `*` for any part; what is not named here is neither declared nor carried out."""
    python: tuple[str, ...] = ()
    """Registries of typed Python functions, `module:name` each (docs/tools.md)."""
    timeout_s: Positive = 30.0
    """A tool that takes longer is answered as failed."""


class Mcp(Section, frozen=True, kw_only=True):
    """A server of tools (Model Context Protocol) that the service calls by itself."""

    label: Identifier
    url: Annotated[str, Meta(pattern=r"^https?://")]
    """As the service reaches it, or as the local server does."""
    description: str = ""
    authorization_file: str = ""
    """File with its token; under systemd: the credential `mcp_<label>`. Never logged."""
    allowed_tools: tuple[str, ...]
    """Only these may be used; there is no `all`: a server may add tools that nobody here has seen."""
    without_approval: tuple[str, ...] = ()
    """Those of them that may be used without asking anybody."""


class Config(Section, frozen=True, kw_only=True):
    device: Device = msgspec.field(default_factory=Device)
    board: Board = msgspec.field(default_factory=Board)
    hearing: Hearing = msgspec.field(default_factory=Hearing)
    speaking: Speaking = msgspec.field(default_factory=Speaking)
    line: Line = msgspec.field(default_factory=Line)
    conversation: Conversation = msgspec.field(default_factory=Conversation)
    money: Money = msgspec.field(default_factory=Money)
    home: Home = msgspec.field(default_factory=Home)
    tools: list[Tool] = []
    """`[[tools]]`, one a thing that the voice can do."""
    tool_calls: ToolCalls = msgspec.field(default_factory=ToolCalls)
    mcp: list[Mcp] = []
    """`[[mcp]]`, one a server of tools elsewhere."""
