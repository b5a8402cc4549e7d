"""Secrets that mask themselves, and the pattern by which a stray one is recognised in text. Pure."""

import re

MASK = "***"

_SHAPES = re.compile(
    r"""
      \bek_[A-Za-z0-9_-]{6,}                  # a Realtime client secret
    | \bsk-[A-Za-z0-9_-]{6,}                  # a long-lived API key
    | \boyez_[A-Za-z0-9-]+_[A-Za-z0-9_-]{12,} # a device key of the backend: oyez_<id>_<random>
    | \beyJ[A-Za-z0-9_-]{8,}(?:\.[A-Za-z0-9_-]+){1,2} # a JSON Web Token, as Home Assistant gives
    | (?<="authorization":")[^"]+             # a token of a server of tools, quoted from session.update
    | (?<="authorization":\s")[^"]+
    | (?<=\bbearer\s)\S+                      # an Authorization header
    | (?<=://)[^\s/@:]+:[^\s/@]+(?=@)         # user:password in an address
    """,
    re.VERBOSE | re.IGNORECASE,
)


class Secret:
    """A value that is shown to nobody by accident: repr, str and format give the mask."""

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        """The value itself: for the one line that sends it."""
        return self._value

    def __repr__(self) -> str:
        return f"Secret({MASK})"

    def __str__(self) -> str:
        return MASK

    def __format__(self, spec: str) -> str:
        return format(MASK, spec)

    def __reduce__(self) -> str:
        raise TypeError("a secret is not to be pickled")


def mask(text: str) -> str:
    """`text` with everything that looks like a key, token or password replaced."""
    return _SHAPES.sub(MASK, text)
