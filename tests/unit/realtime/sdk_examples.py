"""Example JSON of any type that the openai SDK declares: what is minimal, what is full, and every choice once.

Of a struct with n optional fields there come: one example with none of them, one with all, and for each further choice
of each field (an arm of a union, a literal, null) one with all fields and that choice. Texts are unique within an
example, so that two fields cannot change places unseen, and each is also good base64, since audio is a text there.
"""

import types
from collections.abc import Iterable, Iterator, Sequence
from itertools import count
from typing import Annotated, Any, Literal, NamedTuple, Required, Union, get_args, get_origin

import typing_extensions
from pydantic import BaseModel, TypeAdapter
from pydantic.fields import FieldInfo

ANY = {"free": {"form": [1, "x", None]}}
INTEGER = 600
"""Lies in every range of the protocol, which the SDK's types do not tell."""
FRACTION = 0.5

OWN_FIELDS = {
    "input_text": ({"text"}, set()),
    "output_text": ({"text"}, set()),
    "input_audio": ({"audio"}, {"transcript"}),
    "output_audio": (set(), {"audio", "transcript"}),
    "input_image": ({"image_url"}, {"detail"}),
}
"""Content by its type: required and optional fields. The SDK has one loose class for each role (reference, 1.5)."""
CONTENT_FIELDS = set().union(*(required | optional for required, optional in OWN_FIELDS.values()))

ALWAYS = {
    ("RealtimeFunctionTool", "name"): "a tool without a name cannot be called (reference, 1.3)",
    ("RealtimeFunctionToolParam", "name"): "as above",
    ("AudioPCM", "rate"): "the reference (1.3) knows the format with its rate; where it is absent, ours says it",
    ("RealtimeResponse", "id"): "every event of a response names it (reference, 1.6)",
}
"""Fields that the SDK calls optional and the reference does not; why."""

CLOSED = {
    "conversation": "the reference (1.6) allows auto and none; the SDK's further arm is any text",
    "type": "a discriminator names a class, whatever the SDK's looser spelling allows",
}
"""Fields whose arm of free text is left out, because the protocol names the values; why."""

FIXED: dict[tuple[str, str], Any] = {
    ("RealtimeTranscriptionSessionTurnDetection", "type"): "server_vad",
    ("CallCreateParams", "sdp"): "v=0\r\n",
    ("CallReferParams", "target_uri"): "tel:+14155550123",
}
"""Texts that mean something."""


REQUIRED = (Required, typing_extensions.Required)


class Field(NamedTuple):
    name: str
    annotation: Any
    required: bool


def fields_of(struct: type) -> list[Field]:
    """Of a pydantic model or a TypedDict."""
    if issubclass(struct, BaseModel):
        return [_of_model(name, info) for name, info in struct.model_fields.items()]
    hints = typing_extensions.get_type_hints(struct, include_extras=True)
    # `__required_keys__` is of no use here: the SDK's annotations are texts when the class is made.
    return [Field(name, hint, get_origin(hint) in REQUIRED) for name, hint in hints.items()]


def _of_model(name: str, info: FieldInfo) -> Field:
    return Field(info.alias or name, info.annotation, info.is_required())


def is_struct(annotation: Any) -> bool:
    return isinstance(annotation, type) and (
        issubclass(annotation, BaseModel) or typing_extensions.is_typeddict(annotation)
    )


def arms(annotation: Any) -> list[Any]:
    """The choices that an annotation leaves, null as None; one literal is one choice. A single one is itself."""
    origin = get_origin(annotation)
    if origin in (Annotated, *REQUIRED):
        return arms(get_args(annotation)[0])
    if origin in (Union, types.UnionType):
        return [arm for part in get_args(annotation) for arm in arms(part)]
    if origin is Literal:
        return [Literal[value] for value in get_args(annotation)]  # type: ignore[valid-type]
    return [annotation]


class Examples:
    """One walk; `texts` makes the unique texts."""

    def __init__(self) -> None:
        self.texts = (f"{number:04d}" for number in count(1))

    def of(self, annotation: Any) -> Iterator[Any]:
        """JSON values; the first is the fullest of the first arm."""
        for arm in arms(annotation):
            yield from self._of_arm(arm)

    def _of_arm(self, arm: Any) -> Iterator[Any]:
        origin = get_origin(arm)
        if is_struct(arm):
            yield from self._of_struct(arm)
        elif origin is Literal:
            yield get_args(arm)[0]
        elif origin in (list, Iterable, Sequence):
            yield from ([value] for value in self.of(get_args(arm)[0]))
        elif origin is dict:
            yield from ({next(self.texts): value} for value in self.of(get_args(arm)[1]))
        else:
            yield self._plain(arm)

    def _plain(self, arm: Any) -> Any:
        plain = {int: INTEGER, float: FRACTION, bool: True, object: ANY, Any: ANY, type(None): None, None: None}
        if arm is str:
            return next(self.texts)
        if arm not in plain:
            raise TypeError(f"no example is known of {arm!r}: teach this file how to make one")
        return plain[arm]

    def _of_struct(self, struct: type) -> Iterator[dict[str, Any]]:
        fields = fields_of(struct)
        discriminators = next((arms(field.annotation) for field in fields if field.name == "type"), [None])
        for kind in discriminators:
            if kind is not None and get_origin(kind) is Literal:
                yield from self._of_kind(struct, fields, get_args(kind)[0])
            elif kind is None or kind is str:
                yield from self._of_kind(struct, fields, None)

    def _of_kind(self, struct: type, fields: list[Field], kind: str | None) -> Iterator[dict[str, Any]]:
        own = [field for field in fields if field.name != "type" or kind is None]
        if kind in OWN_FIELDS:
            needed, allowed = OWN_FIELDS[kind]
            own = [field for field in own if field.name not in CONTENT_FIELDS - needed - allowed]
        else:
            needed = set()
        always = needed | {field.name for field in own if field.required or (struct.__name__, field.name) in ALWAYS}
        always |= {field.name for field in own if (struct.__name__, field.name) in FIXED}
        choices = {field.name: self._choices(struct, field, field.name in always) for field in own}
        head = {} if kind is None else {"type": kind}
        full = head | {name: values[0] for name, values in choices.items()}
        yield full
        yield head | {name: choices[name][0] for name in choices if name in always}
        for name, values in choices.items():
            yield from (full | {name: value} for value in values[1:])

    def _choices(self, struct: type, field: Field, always: bool) -> list[Any]:
        if (struct.__name__, field.name) in FIXED:
            return [FIXED[(struct.__name__, field.name)]]
        options = arms(field.annotation)
        if field.name in CLOSED:
            options = [option for option in options if option is not str] or options
        may_be_null = field.required or not always
        options = [option for option in options if option not in (None, type(None))]
        values = [value for option in options for value in self._of_arm(option)]
        null = None in arms(field.annotation) or type(None) in arms(field.annotation)
        return [*values, None] if null and may_be_null else values


def examples(annotation: Any) -> list[Any]:
    """JSON values that the SDK's own strict validation takes; raises when it does not take one of them."""
    adapter = TypeAdapter(annotation)
    values = []
    for value in Examples().of(annotation):
        adapter.validate_python(value, strict=True)
        values.append(value)
    return values
