"""What every table of the configuration is: frozen, closed to unknown keys; and the kinds of values that they share."""

from typing import Annotated

import msgspec
from msgspec import Meta

Fraction = Annotated[float, Meta(ge=0.0, le=1.0)]
Positive = Annotated[float, Meta(gt=0.0)]
PositiveInt = Annotated[int, Meta(gt=0)]
Identifier = Annotated[str, Meta(pattern=r"^[A-Za-z0-9_-]{1,64}$")]


class Section(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A table of the TOML."""
