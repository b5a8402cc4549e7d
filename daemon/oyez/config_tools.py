"""The tables [[tools]], [tool_calls] and [[mcp]]: what the voice can do in the house."""

from typing import Annotated, Literal

from msgspec import Meta

from oyez.config_section import Identifier, Positive, Section


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
