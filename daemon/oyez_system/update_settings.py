"""[updates]: where new versions come from, and when they may be installed.

It lies in `/etc/oyez-system/system.toml`, where first boot puts it, or a person. Pure but for that one file. Other
tables are others' business.
"""

import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any, Literal, get_type_hints

import msgspec
from msgspec import Meta

from oyez.config_section import Section
from oyez.errors import ConfigError
from oyez.mistake import Mistake, hint
from oyez.toml_lines import key_lines, line_of

FILE = Path("/etc/oyez-system/system.toml")
TABLE = "updates"
LARGEST_BYTES = 1 << 19
"""More than any file that first boot takes in."""
ClockTime = Annotated[str, Meta(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$")]


class Updates(Section, frozen=True, kw_only=True):
    source: Annotated[str, Meta(max_length=1000, pattern=r"^(https?://\S+)?$")] = ""
    """Address of a release.json (docs/updates.md); empty: none is looked for."""
    automatic: bool | Literal["security"] = True
    """Install newer versions by itself, in quiet hours; "security": only those that mend a danger; false: only show."""
    quiet_from: ClockTime = "02:00"
    """Local time, from which on it may install and restart by itself ..."""
    quiet_until: ClockTime = "05:00"
    """... and until when."""
    rate_limit_kb_s: Annotated[int, Meta(ge=0, le=1_000_000)] = 1000
    """The most that a download takes of the line, in kilobytes a second; 0: all of it."""
    allow_downgrade: bool = False
    """Install older versions, too: whoever holds an old bundle can then bring back a mistake that was mended."""
    allow_http: bool = False
    """Fetch without TLS, in a network of one's own: the bundle's signature is checked all the same."""
    ca_file: str = ""
    """Certificate authority of one's own server, PEM; empty: those that browsers trust."""
    trial_s: Annotated[float, Meta(ge=60.0, le=1800.0)] = 300.0
    """So long a new version may take to prove itself before it is gone back from."""


def load(path: Path = FILE) -> Updates:
    """Without a file: the defaults. Raises ConfigError with every mistake."""
    try:
        with path.open("rb") as file:
            text = file.read(LARGEST_BYTES).decode("utf-8-sig")
    except FileNotFoundError:
        return Updates()
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError([f"{path} cannot be read ({error}): mend or remove it."]) from None
    return parse(text, str(path))


def parse(text: str, name: str) -> Updates:
    """name: of the file, for the sentences. Raises ConfigError with every mistake."""
    try:
        table = tomllib.loads(text).get(TABLE, {})
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise ConfigError([f"{name}: this is no TOML: {error}."]) from None
    if found := list(mistakes(table)):
        lines = key_lines(text)
        raise ConfigError([f"{name}, line {line_of(one.path, lines)}: {one.path} {one.sentence}" for one in found])
    return msgspec.convert(table, Updates)


def mistakes(table: Any) -> Iterator[Mistake]:
    """table: what stands under `updates`."""
    if not isinstance(table, dict):
        yield Mistake(TABLE, f"must be a table, [{TABLE}].")
        return
    hints = get_type_hints(Updates, include_extras=True)
    wrong = {key: why for key, value in table.items() if (why := _wrong(key, value, hints))}
    yield from (Mistake(f"{TABLE}.{key}", why) for key, why in wrong.items())
    if not wrong:
        yield from _contradictions(msgspec.convert(table, Updates))


def _contradictions(settings: Updates) -> Iterator[Mistake]:
    if settings.source.startswith("http://") and not settings.allow_http:
        yield Mistake(
            f"{TABLE}.source",
            "begins with http://, which anybody on the way can change: take https://, or allow_http.",
        )


def _wrong(key: str, value: Any, hints: dict[str, Any]) -> str:
    if key not in hints:
        return f"is unknown.{hint(key, hints)}"
    try:
        msgspec.convert(value, hints[key])
    except msgspec.ValidationError as error:
        return f"is {value!r}: {str(error)[0].lower()}{str(error)[1:]}."
    return ""
