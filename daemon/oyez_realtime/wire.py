"""How a message is made: frozen structs, absent told apart from null, and what the types forbid refused when we build.

The types are the law in both directions: msgspec applies them when it decodes, `Checked` when somebody constructs.
"""

from functools import cache
from typing import Any, TypeAlias, TypeVar

import msgspec
from msgspec import UNSET, UnsetType

T = TypeVar("T")

Maybe: TypeAlias = T | UnsetType | None
"""UNSET: absent from the JSON; None: `null`. The service tells them apart (`turn_detection: null` switches it off)."""


class Checked(msgspec.Struct, frozen=True):
    """An object whose fields are checked on construction; raises ValueError naming the field.

    Audio events are no Checked: they are the hot path and their one bound is kept by the protocol.
    """

    def __post_init__(self) -> None:
        for name, annotation in _annotations(type(self)):
            value = getattr(self, name)
            if value is not UNSET:
                _refuse_mismatch(type(self).__name__, name, value, annotation)


def _refuse_mismatch(owner: str, name: str, value: object, annotation: Any) -> None:
    try:
        understood = msgspec.convert(value, annotation)
    except msgspec.ValidationError as error:
        raise ValueError(f"{owner}.{name} is {value!r}, which the protocol does not allow: {error}") from None
    if _is_raw(value, understood):
        message = f"{owner}.{name} is given as a dict, whose unknown fields nobody would see; give the object itself"
        raise ValueError(message)


def _is_raw(value: object, understood: object) -> bool:
    """Whether a dict stands where a message, or a list of them, belongs."""
    if isinstance(value, list) and isinstance(understood, list):
        return any(_is_raw(*pair) for pair in zip(value, understood, strict=True))
    return isinstance(understood, msgspec.Struct) and not isinstance(value, msgspec.Struct)


@cache
def _annotations(struct: type[msgspec.Struct]) -> tuple[tuple[str, Any], ...]:
    return tuple((field.name, field.type) for field in msgspec.structs.fields(struct))


def given(value: T | UnsetType | None) -> T | None:
    """The value when there is one; None when it is absent or null."""
    return None if isinstance(value, UnsetType) else value


class BaseClientEvent(msgspec.Struct, frozen=True, kw_only=True, tag_field="type", forbid_unknown_fields=True):
    """What a client says. `event_id` comes back only in the `error` that it causes."""

    event_id: Maybe[str] = UNSET

    @property
    def type(self) -> str:
        """The wire name, e.g. `session.update`."""
        return str(self.__struct_config__.tag)


class BaseServerEvent(msgspec.Struct, frozen=True, kw_only=True, tag_field="type"):
    """What a server tells. Unknown fields are left out and named: the service adds them without notice."""

    event_id: str = ""

    @property
    def type(self) -> str:
        """The wire name, e.g. `response.done`."""
        return str(self.__struct_config__.tag)
