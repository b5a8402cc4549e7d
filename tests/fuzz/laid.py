"""What must hold for any text that somebody lays on the boot partition as `oyez.toml`.

It is taken in, and then everything of it can be read again; or it is refused in sentences with the file's name. No
secret of it stands in a sentence or in the file that stays behind.
"""

import random
import re
import tomllib
from collections.abc import Iterator

from oyez.config_file import parse
from oyez.errors import ConfigError
from oyez.toml_text import read_toml
from oyez_system.first_boot.mistakes import may_be_secret
from oyez_system.first_boot.reading import InForce, Laid, Taken, read
from oyez_system.first_boot.wireless import kept, text as wireless
from tests.unit.oyez_system.first_boot.device import GOOD
from tests.unit.oyez_system.first_boot.example import EXAMPLE, filled_in, uncommented

SECRETS = ("correct horse", "battery staple", "0123456789abcdef", "rabbit", "shop-token")
SIGNS = (
    '"',
    "'",
    "[",
    "]",
    "=",
    ":",
    "#",
    "“",
    "\\",
    '"""',
    "{",
    "}",
    ",",
    ".",
    "\n",
    "\r",
    "\x00",
    "\u2028",
    "[[",
    "]]",
)
VALUES = ("true", "True", "22:00", "07:00:00", "1e400", "nan", "-1", "9" * 20)
PARTS = ("mqtt://", "https://", ":1883", "/v1/token", "example.org", "...")
SLIPS = (*SIGNS, *VALUES, *PARTS)
NAMED = re.compile(r"(oyez|rpi-preseed)\.toml(, line \d+)?: \S")


def one_input(data: bytes) -> None:
    """Raises whatever should not have been raised: AssertionError when an answer is wrong."""
    text = data.decode("utf-8", "replace")
    refused: list[str] | None = None
    try:
        taken = read(Laid(text), InForce(), lambda zone: zone == "Europe/Berlin")
    except ConfigError as error:
        refused = error.mistakes
    if refused is None:
        can_be_used(taken)
        return
    assert refused
    for told in refused:
        assert NAMED.match(told), told
        assert told.endswith((".", "?")), told
        shows_no_secret(told, text)


def can_be_used(taken: Taken) -> None:
    assert taken.done is not None
    assert taken.config is not None
    tomllib.loads(taken.done)
    parse(taken.config, "oyez.toml")
    if taken.wifi is not None:
        wireless(taken.wifi.country, [kept(one, {}) for one in taken.wifi.all])
    for secret in set(SECRETS) & set(taken.secrets.values()):
        assert secret not in taken.done, "a secret stayed on the card's drive"


def shows_no_secret(told: str, text: str) -> None:
    """What stands where a secret belongs is none elsewhere either; below a heading that cannot be read nobody knows."""
    held = set(may_be_secret(read_toml(text.replace("\r", "\n")).table))
    assert not any(secret in told for secret in held.intersection(SECRETS)), told


def mutated(data: bytes, seed: int, max_size: int) -> bytes | None:
    """A line lost, doubled, moved; a sign lost or put in; a value of another line."""
    dice = random.Random(seed)
    lines = data.decode("utf-8", "replace").split("\n")
    place, other = dice.randrange(len(lines)), dice.randrange(len(lines))
    match dice.randrange(5):
        case 0:
            del lines[place]
        case 1:
            lines.insert(other, lines[place])
        case 2:
            name, sign, _ = lines[place].partition("=")
            lines[place] = name + sign + lines[other].partition("=")[2]
        case 3:
            at = dice.randrange(len(lines[place]) + 1)
            lines[place] = lines[place][:at] + dice.choice(SLIPS) + lines[place][at + dice.randrange(3) :]
        case _:
            lines[place] = lines[place].replace(dice.choice("\"'[]=_ "), dice.choice(["", " ", "-"]), 1)
    return "\n".join(lines).encode()[:max_size]


def seeds() -> Iterator[bytes]:
    for text in (GOOD, EXAMPLE, filled_in(), filled_in(uncommented())):
        yield text.encode()
