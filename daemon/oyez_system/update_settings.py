"""[updates]: where new versions come from, and when they may be installed.

It lies in `/etc/oyez-system/system.toml`, where first boot puts it, or a person. Pure but for that one file. Other
tables are others' business.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from oyez.addresses import WebAddress
from oyez.config_section import Section
from oyez.errors import ConfigError
from oyez.examination import NOTHING, apart, examine, sound
from oyez.mistake import Mistake
from oyez.toml_text import read_toml

FILE = Path("/etc/oyez-system/system.toml")
TABLE = "updates"
LARGEST_BYTES = 1 << 19
"""More than any file that first boot takes in."""
ClockTime = Annotated[
    str, Meta(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$", description="a time of day", examples=["02:00"])
]


class Updates(Section, frozen=True, kw_only=True):
    source: WebAddress = ""
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
    reading = read_toml(text)
    table = reading.table.get(TABLE, {})
    if told := reading.tell(name, mistakes(table)):
        raise ConfigError(told)
    return msgspec.convert(table, Updates)


def mistakes(table: Any) -> Iterator[Mistake]:
    """table: what stands under `updates`."""
    found = list(examine(TABLE, table, Updates))
    yield from found
    right = sound(table, Updates)
    if right is not NOTHING:
        yield from apart(_contradictions(msgspec.convert(right, Updates)), found)


def _contradictions(settings: Updates) -> Iterator[Mistake]:
    if settings.source.startswith("http://") and not settings.allow_http:
        yield Mistake(
            f"{TABLE}.source",
            "begins with http://, which anybody on the way can change: take https://, or allow_http.",
        )
