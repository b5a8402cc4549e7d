"""What every table of the configuration is: frozen, closed to unknown keys; and the kinds of values that they share."""

from typing import Annotated

import msgspec
from msgspec import Meta

Fraction = Annotated[float, Meta(ge=0.0, le=1.0)]
Positive = Annotated[float, Meta(gt=0.0)]
PositiveInt = Annotated[int, Meta(gt=0)]
Identifier = Annotated[
    str, Meta(pattern=r"^[A-Za-z0-9_-]{1,64}$", description="1 to 64 letters, digits, _ and -", examples=["kitchen"])
]
Clock = Annotated[
    str, Meta(pattern=r"^(([01][0-9]|2[0-3]):[0-5][0-9])?$", description="a time of day", examples=["22:00"])
]
"""A local time of day, `HH:MM`; empty: none."""


class Section(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A table of the TOML."""
