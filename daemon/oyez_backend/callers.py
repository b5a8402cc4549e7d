"""Who rings, and may they. Pure.

The caller's number is what the caller, or the telephone company before us, wrote into SIP From: it keeps wrong numbers
and dialling machines out, it proves nobody's identity. What the tools may do must not hang on it alone.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache
from urllib.parse import unquote

from oyez_realtime.webhooks import IncomingCall

_QUOTED = re.compile(r'"(?:\\.|[^"\\])*"')
_ADDRESS = re.compile(
    r"(?:sips?|tel):([^@;:<>\s]{1,128})(?:@(\[[0-9a-f:.]+\]|[^;:<>\s\[\]]{1,255}))?(?:[:;].*)?", re.I | re.S
)
_SEPARATORS = re.compile(r"[\s().-]")
_NUMBER = re.compile(r"(?=.*[0-9])[+0-9*?\s().-]+")


@dataclass(frozen=True, slots=True)
class Caller:
    user: str = field(repr=False)
    """A number without separators, or a name; in lower case."""
    host: str = field(repr=False)
    """Empty in a `tel:` address."""


def caller_of(call: IncomingCall) -> Caller | None:
    """None when From is absent, there twice, or cannot be read: such a caller is nobody."""
    values = call.header("From", "f")
    if len(values) != 1:
        return None
    # A name in quotes may hold anything, also an address that is not the caller's.
    value = _QUOTED.sub("", values[0]).strip()
    if '"' in value:
        return None
    bracketed = re.findall(r"<([^<>]*)>", value)
    if len(bracketed) > 1 or ("<" in value and not bracketed):
        return None
    found = _ADDRESS.fullmatch(bracketed[0].strip() if bracketed else value)
    if found is None:
        return None
    return Caller(_plain(unquote(found[1])), (found[2] or "").lower())


def admitting(patterns: Iterable[str], caller: Caller | None) -> str | None:
    """The first pattern that fits the caller; a caller who cannot be told fits `*` alone."""
    return next((pattern for pattern in patterns if _fits(pattern, caller)), None)


def may_refer(patterns: Iterable[str], target_uri: str) -> bool:
    return any(_glob(pattern.lower()).fullmatch(target_uri.lower()) for pattern in patterns)


def _fits(pattern: str, caller: Caller | None) -> bool:
    if caller is None:
        return pattern == "*"
    user, at, host = pattern.rpartition("@") if "@" in pattern else (pattern, "", "*")
    hosts = _glob(host.lower()).fullmatch(caller.host) if at else True
    return bool(hosts) and bool(_glob(_plain(user)).fullmatch(caller.user))


def _plain(user: str) -> str:
    return (_SEPARATORS.sub("", user) if _NUMBER.fullmatch(user) else user).lower()


@cache
def _glob(pattern: str) -> re.Pattern[str]:
    """`*` for any number of characters, `?` for one; nothing else is special."""
    pieces = {"*": ".*", "?": "."}
    return re.compile("".join(pieces.get(c, re.escape(c)) for c in pattern), re.S)
