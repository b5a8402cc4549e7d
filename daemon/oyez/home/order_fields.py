"""What orders are read with: an id, fields, and a sentence for whoever sent what cannot be understood. Pure."""

import re
from dataclasses import dataclass
from typing import Any, TypeAlias

import msgspec

Body: TypeAlias = str | dict[str, Any]
"""Of an order without its id: plain text, or the fields of a JSON object."""

ON = frozenset({"on", "true", "1", "yes"})
OFF = frozenset({"off", "false", "0", "no"})
ORDER_ID = re.compile(r"[\x21-\x7e]{1,64}")
NUMBER = re.compile(r"[+-]?\d{1,12}(\.\d{0,12})?")


@dataclass(frozen=True, slots=True)
class Refusal:
    sentence: str
    """What was wrong, what it means, what to send instead."""
    order_id: str | None = None
    """The order's own id, where one could be read."""


class Wrong(Exception):
    """A sentence for the one who ordered."""

    def __init__(self, sentence: str, order_id: str | None = None) -> None:
        super().__init__(sentence)
        self.order_id = order_id


def opened(text: str) -> tuple[str | None, Body]:
    """The order's id and what is left: plain text, or the fields of a JSON object."""
    if not text.startswith("{"):
        return None, text
    try:
        fields = msgspec.json.decode(text, type=dict[str, Any])
    except (msgspec.DecodeError, RecursionError) as error:
        raise Wrong(f"begins like a JSON object and is none ({error}).") from None
    order_id = fields.pop("id", None)
    if order_id is not None and not (isinstance(order_id, str) and ORDER_ID.fullmatch(order_id)):
        raise Wrong("`id` must be a string of 1 to 64 visible ASCII characters.")
    return order_id, fields


def field(body: Body, name: str, *others: str) -> Any:
    """The value of an order: the plain text, or the field `name`; beside it only `others`, which may be left out."""
    if isinstance(body, str):
        return body
    if unknown := sorted(set(body) - {name, *others}):
        known = [f"`{field}`" for field in (name, *others, "id")]
        raise Wrong(f"{shown(unknown[0])} is an unknown field: known are {', '.join(known)}.")
    if name not in body:
        raise Wrong(f"the field `{name}` is missing.")
    return body[name]


def no_id(order_id: str | None) -> None:
    if order_id is not None:
        raise Wrong("a setting takes no `id`: the state document shows when it is set.", order_id)


def press(body: Body) -> None:
    """Home Assistant's buttons send PRESS. Nothing at all is no order: it is also how a retained one is cleared."""
    if isinstance(body, str):
        if body.lower() != "press":
            raise Wrong(f"{shown(body)} is not understood: send PRESS, or a JSON object with an `id`.")
    elif body:
        raise Wrong(f"{shown(min(body))} is an unknown field: known is `id`.")


def shown(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 40 else f"{text[:37]}..."


def switch(value: object) -> bool:
    """ON or OFF in any of their spellings. Raises Wrong."""
    word = str(value).lower() if isinstance(value, bool | str) else ""
    if word not in ON | OFF:
        raise Wrong(f"{shown(value)} is neither ON nor OFF.")
    return word in ON


def number(body: Body, value: object, low: float, high: float, name: str = "") -> float:
    """A JSON number, or a plain text that is one. name: of its field, where the order has several. Raises Wrong."""
    called = f"`{name}`: " if name else ""
    if isinstance(value, str) and isinstance(body, str) and NUMBER.fullmatch(value):
        value = float(value)
    # math.isfinite is not for whole numbers of four hundred digits, which JSON may hold.
    if isinstance(value, bool) or not isinstance(value, int | float) or value != value:
        raise Wrong(f"{called}{shown(value)} is no number: send {low:g} to {high:g}.")
    if not low <= value <= high:
        raise Wrong(f"{called}{shown(value)} is out of range: send {low:g} to {high:g}.")
    return float(value)


def spoken(value: object, name: str, longest: int) -> str:
    """A text that can be said aloud. Raises Wrong."""
    if not isinstance(value, str):
        raise Wrong(f"`{name}` is {shown(value)} and must be a string.")
    text = value.strip()
    if not text:
        raise Wrong(f"there is no {name} to say.")
    if len(text) > longest:
        raise Wrong(f"the {name} has {len(text)} characters, more than {longest}: send it in parts.")
    if any(ord(character) < 32 and character not in "\n\t\r" for character in text) or "\x7f" in text:
        raise Wrong(f"the {name} holds control characters.")
    return text
