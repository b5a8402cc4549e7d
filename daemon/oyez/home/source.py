"""Where tools come from: what each source of them can do for the toolbox. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, Protocol


@dataclass(frozen=True, slots=True)
class Answered:
    """What became of a call."""

    text: str
    """For the model, which tells the user."""
    outcome: Literal["ok", "failed", "refused"]
    """refused: nothing was done, because it was not allowed or made no sense."""

    @classmethod
    def well(cls, text: str) -> "Answered":
        return cls(text, "ok")

    @classmethod
    def failed(cls, text: str) -> "Answered":
        return cls(text, "failed")


@dataclass(frozen=True, slots=True)
class Question:
    """Somebody must agree before the call is made."""

    text: str = ""
    """What is asked; empty: whether this tool may be used."""
    server: str = ""
    """Label of the server whose tool it is; empty: the device's own."""


class Source(Protocol):
    """Tools of one kind. All but `call` return at once."""

    def declarations(self) -> list[dict[str, Any]]:
        """As `session.update` carries them under `tools`."""

    def question(self, name: str, arguments: Mapping[str, Any]) -> Question | None:
        """Raises ToolRefused where the call makes no sense."""

    async def call(self, name: str, arguments: Mapping[str, Any]) -> Answered:
        """Raises ToolRefused, or ServiceAway where nothing was done because something is away."""
