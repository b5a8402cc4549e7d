"""The tables [[tools]], [tool_calls], [home_assistant] and [[mcp]]: what the voice can do in the house."""

from typing import Annotated, Any, Literal, TypeAlias

from msgspec import Meta

from oyez.addresses import HomeAssistantAddress, ServerAddress
from oyez.config_section import Identifier, Positive, Section

Topic = Annotated[str, Meta(min_length=1, max_length=256)]
Sentence = Annotated[str, Meta(min_length=1, max_length=300)]


class Parameter(Section, frozen=True, kw_only=True):
    """One argument of a tool, as the model sees it (JSON Schema)."""

    type: Literal["string", "number", "integer", "boolean"] = "string"
    description: str = ""
    choices: list[str] = []
    """The only values allowed; empty: any."""
    minimum: float | None = None
    maximum: float | None = None
    """Of a number or an integer, both included."""
    max_length: Annotated[int, Meta(ge=1, le=4096)] = 256
    """Of a string, in characters."""
    required: bool = True


class Described(Section, frozen=True, kw_only=True):
    """What every tool has, whatever it does."""

    name: Identifier
    description: Annotated[str, Meta(min_length=1, max_length=1000)]
    """For the model: when to use it."""
    parameters: dict[str, Parameter] = {}
    confirm: bool | Sentence = False
    """Ask aloud before it is done; a sentence (`{argument}` is replaced) is what is asked."""


class Tool(Described, frozen=True, kw_only=True, tag_field="kind", tag="mqtt"):
    """Publishes one MQTT message."""

    topic: Topic
    """`{argument}` is replaced by its value, in lower case with `_` for spaces."""
    payload: str = ""
    """`{argument}` is replaced, booleans as ON and OFF; empty: all arguments as JSON."""
    answer: str = "Done."
    """What the model is told to say, `{argument}` replaced."""
    retain: bool = False


class MqttRequest(Described, frozen=True, kw_only=True, tag_field="kind", tag="mqtt_request"):
    """Publishes one MQTT message and waits for the answer to it."""

    topic: Topic
    payload: str = ""
    """As for `mqtt`."""
    answer_topic: Annotated[str, Meta(max_length=256)] = ""
    """Where the answer comes, `{argument}` replaced; empty: where the message says (MQTT 5 response topic)."""
    answer: str = ""
    """What the model is told to say once the answer is there; empty: the answer itself is read to it."""
    timeout_s: Annotated[float, Meta(gt=0.0, le=60.0)] = 5.0
    """No answer by then: the model is told that nobody knows whether it was done."""


class HomeAssistantService(Described, frozen=True, kw_only=True, tag_field="kind", tag="home_assistant"):
    """Calls one service (action) of Home Assistant."""

    service: Annotated[
        str,
        Meta(
            pattern=r"^[a-z0-9_]+\.([a-z0-9_]|\{[A-Za-z0-9_]+\})+$",
            description="the name of a service",
            examples=["light.turn_on"],
        ),
    ]
    """`light.turn_on`, or `light.turn_{on}` with a boolean."""
    data: dict[str, Any] = {}
    """`{argument}` is replaced; where it is all of a text its type is kept. Empty: all arguments."""
    answer: str = "Done."


class HomeAssistantConversation(
    Described, frozen=True, kw_only=True, tag_field="kind", tag="home_assistant_conversation"
):
    """Gives a sentence to Home Assistant's own conversation agent, and reads its answer to the model."""

    text: str = "{text}"
    """`{argument}` is replaced. Without `parameters` there is one: `text`."""
    language: Annotated[str, Meta(max_length=16)] = ""
    """Empty: Home Assistant's own."""
    agent_id: Annotated[str, Meta(max_length=128)] = ""
    """Empty: Home Assistant's own agent."""


class HttpCall(Described, frozen=True, kw_only=True, tag_field="kind", tag="http"):
    """Calls an address on the web, or in the house."""

    method: Literal["GET", "POST", "PUT", "PATCH", "DELETE"] = "GET"
    url: Annotated[
        str,
        Meta(
            pattern=r"^https?://[^/?#{}\s]+(/[^?#\s]*)?$",
            max_length=1000,
            description="an address without a query, and without { } in its host",
            examples=["https://api.mydomain.net/rain/{place}"],
        ),
    ]
    """`{argument}` is replaced in its path, never in its host."""
    query: dict[str, str] = {}
    headers: dict[str, str] = {}
    header_files: dict[str, str] = {}
    """Headers whose values are secret, each in a file; under systemd: the credential `tool_<name>_<header>`."""
    json: dict[str, Any] = {}
    """The body; `{argument}` is replaced, and where it is all of a text its type is kept."""
    answer: str = ""
    """What the model is told to say; empty: what was answered is read to it."""


AnyTool: TypeAlias = Tool | MqttRequest | HomeAssistantService | HomeAssistantConversation | HttpCall
"""Told apart by `kind`; without one it is `mqtt`."""


class HomeAssistant(Section, frozen=True, kw_only=True):
    """For tools of the kinds `home_assistant` and `home_assistant_conversation`."""

    url: HomeAssistantAddress = ""
    """As the device reaches it, e.g. http://homeassistant.local:8123."""
    token_file: str = ""
    """File with a long-lived access token; under systemd: the credential `home_assistant_token`. Never logged."""
    ca_file: str = ""
    """Authority of its certificate, where it is one's own."""


class ToolCalls(Section, frozen=True, kw_only=True):
    """Which tools may be called at all, and how."""

    allowed: tuple[str, ...] = ("*",)
    """Names of tools, `*` for any part; what is not named here is neither declared nor carried out."""
    python: tuple[str, ...] = ()
    """Registries of typed Python functions, `module:name` each (docs/tools.md)."""
    timeout_s: Positive = 30.0
    """A tool that takes longer is answered as failed."""


class Mcp(Section, frozen=True, kw_only=True):
    """A server of tools (Model Context Protocol) that the service calls by itself, or this device."""

    label: Identifier
    url: ServerAddress
    """As who calls it reaches it."""
    description: str = ""
    authorization_file: str = ""
    """File with its token; under systemd: the credential `mcp_<label>`. Never logged."""
    from_device: bool = False
    """This device calls it, which may stand in the house and never be seen from outside; else the service does."""
    allowed_tools: tuple[str, ...]
    """Only these may be used; there is no `all`: a server may add tools that nobody here has seen. With `from_device`
    a name may end in `*`."""
    without_approval: tuple[str, ...] = ()
    """Those of them that may be used without asking anybody."""
