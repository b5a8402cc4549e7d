"""From what lies on the boot partition to what is to be taken in; or every mistake in it, each with its line. Pure."""

import re
import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

import msgspec

from oyez.config import Config
from oyez.config_file import TABLES as DAEMONS, judged, parse
from oyez.elsewhere import pointed
from oyez.errors import ConfigError
from oyez.examination import NOTHING, apart, examine, sound
from oyez.mistake import Mistake, hint
from oyez.secret import MASK
from oyez.toml_text import Reading, read_toml
from oyez_system.first_boot.mistakes import may_be_secret, secret_mistakes, system_mistakes, untyped, wifi_mistakes
from oyez_system.first_boot.placeholders import placeholder_mistakes
from oyez_system.first_boot.preseed import understood
from oyez_system.first_boot.settings import TABLES, System, Whole, Wifi
from oyez_system.first_boot.statements import Statement, blanked, hidden, leaves, within, without
from oyez_system.first_boot.wireless import Kept
from oyez_system.update_settings import TABLE as UPDATES, Updates, mistakes as update_mistakes

NOTHING_SET = """# Nothing was said of the device itself when it was set up: oyez.toml on the boot partition says it.
[home]
host = ""
"""
AUTO_BOARD = (
    '\n# Added when it was taken in: no board was named, so the one that is there is used.\n[board]\nname = "auto"\n'
)
NO_BROKER = '\n# Added when it was taken in: no MQTT broker was named.\n[home]\nhost = ""\n'
KEPT = "{}: taken in, and kept on the device."
HEAD = "# Taken in by the device. To change something: change it here, and call the file oyez.toml again.\n"
STILL = "\n# Of an earlier file, and still counts:\n"
UPDATES_HEAD = "# Written by Oyez from oyez.toml. What is changed here is lost when one with [updates] is taken in.\n"
IMAGERS = {
    "system.time_zone": "locale.timezone",
    "system.ssh_keys": "ssh.authorized_keys",
    "wifi": "wlan",
    "wlan.security": "wlan.key_mgmt",
}
OURS: dict[str, type[msgspec.Struct]] = {"wifi": Wifi, "system": System, "updates": Updates}
_NUMBER = re.compile(r", line (\d+): ")
Table = TypeVar("Table", Wifi, System)


@dataclass(frozen=True, slots=True)
class Laid:
    """What lies on the boot partition; None: it does not."""

    text: str | None = None
    name: str = "oyez.toml"
    preseed: str | None = None


@dataclass(frozen=True, slots=True)
class InForce:
    """What was taken in before."""

    config: str | None = None
    networks: Mapping[bytes, Kept] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Taken:
    config: str | None
    """The daemon's; None: nothing is said of it, and it stays as it is."""
    wifi: Wifi | None
    system: System | None
    updates: str | None
    """The file of what looks for new versions; None: it stays as it is."""
    secrets: Mapping[str, str]
    done: str | None
    """The file as it may stay on the boot partition."""
    remarks: tuple[str, ...] = ()
    """What was not done of it, and why."""

    def __repr__(self) -> str:
        return "Taken(...)"  # it holds secrets


def read(laid: Laid, before: InForce, is_zone: Callable[[str], bool]) -> Taken:
    """is_zone: whether there is a time zone of that name. Raises ConfigError with every mistake."""
    own = read_toml((laid.text or "").replace("\r\n", "\n").replace("\r", "\n"))
    imagers = read_toml(laid.preseed or "")
    preseed = understood(imagers.table)
    text, table = own.text, own.table
    ours = {**preseed.tables, **{name: table[name] for name in TABLES if name in table}}
    daemons = None if set(table) <= set(TABLES) else tomllib.loads(blanked(text, TABLES))
    config, found = (None, []) if daemons is None else judged(daemons)
    found += _mistakes(ours, before, is_zone)
    found += apart(placeholder_mistakes({**table, **ours}), found)
    found += secret_mistakes(_secrets(ours), _naming_tools(config, found) if daemons is not None else _in_force(before))
    found = [pointed(_known_here(one), {**DAEMONS, **OURS}) for one in found]
    if told := _told(laid.name, own, imagers, found) or _not_apart(text, laid.name, table):
        raise ConfigError([_masked(one, ours) for one in sorted(told, key=_line)])
    whole = msgspec.convert(ours, Whole)
    values = _values(whole)
    new = _config(text, table, before)
    still = _still(before) if new is None else ""
    done = None if laid.text is None else HEAD + _done(text, values).removeprefix(HEAD) + still
    new = None if new is None else _hushed(new, values)
    updates = None if whole.updates is None else UPDATES_HEAD + _hushed(_updates(text), values)
    secrets = {name: value if name == "mqtt_client_key" else value.strip() for name, value in whole.secrets.items()}
    return Taken(new, whole.wifi, whole.system, updates, secrets, done, preseed.remarks)


def _known_here(mistake: Mistake) -> Mistake:
    """The daemon alone does not know all tables of this file."""
    if not mistake.unknown or "." in mistake.path:
        return mistake
    tables = (*TABLES, *Config.__struct_fields__)
    return replace(mistake, sentence=f"is unknown.{hint(mistake.path, tables)}")


def _mistakes(ours: dict[str, Any], before: InForce, is_zone: Callable[[str], bool]) -> list[Mistake]:
    """Of all tables but the daemon's; one a path, the first that is found."""
    found = [*untyped(ours.get("wifi"), ours.get("secrets"))]
    found += [*_examined(ours, "wifi", Wifi), *_examined(ours, "system", System)]
    wifi, system = _sound(ours, "wifi", Wifi), _sound(ours, "system", System)
    if wifi is not None:
        found += apart(wifi_mistakes(wifi, before.networks.keys()), found)
    if system is not None:
        found += apart(system_mistakes(system, is_zone), found)
    found += update_mistakes(ours.get(UPDATES, {}))
    return list({one.path: one for one in reversed(found)}.values())


def _masked(told: str, ours: dict[str, Any]) -> str:
    """Somebody may have put a password where a name belongs, and whoever tells of the mistake shows the value."""
    for value in may_be_secret(ours):
        told = told.replace(value, MASK)
    return told


def _in_force(before: InForce) -> Config | None:
    """None: it is not of this version."""
    try:
        return parse(before.config or NOTHING_SET, "")
    except ConfigError:
        return None


def _naming_tools(config: Config | None, found: list[Mistake]) -> Config | None:
    """None: which tools there are to be is not known, since they are wrong."""
    return None if any(one.path.startswith(("tools", "mcp")) for one in found) else config


def _examined(ours: dict[str, Any], name: str, kind: Any) -> Iterator[Mistake]:
    return examine(name, ours[name], kind) if name in ours else iter(())


def _sound(ours: dict[str, Any], name: str, kind: type[Table]) -> Table | None:
    """What is right of the table; None: it is not there."""
    right = sound(ours[name], kind) if name in ours else NOTHING
    return None if right is NOTHING else msgspec.convert(right, kind)


def _secrets(ours: dict[str, Any]) -> dict[str, str]:
    found = ours.get("secrets")
    return {k: v for k, v in found.items() if isinstance(v, str)} if isinstance(found, dict) else {}


def _told(name: str, own: Reading, imagers: Reading, mistakes: list[Mistake]) -> list[str]:
    """Those of a table that Imager wrote belong to its file."""
    mine = [one for one in mistakes if re.split(r"[.\[]", one.path)[0] in own.table]
    theirs = [Mistake(_imagers(one.path), one.sentence) for one in mistakes if one not in mine]
    return [*own.tell(name, mine), *imagers.tell("rpi-preseed.toml", theirs)]


def _imagers(path: str) -> str:
    """What our path is called in Imager's file."""
    for ours, theirs in IMAGERS.items():
        path = path.replace(ours, theirs)
    return path


def _config(text: str, table: dict[str, Any], before: InForce) -> str | None:
    """As it is to lie on the device. A file that says nothing of the daemon leaves it as it is."""
    if set(table) <= set(TABLES):
        return None if before.config is not None else NOTHING_SET + AUTO_BOARD
    left = without(text, TABLES).removeprefix(HEAD)
    left += "" if "home" in table else NO_BROKER
    return left if "board" in table else left + AUTO_BOARD


def _still(before: InForce) -> str:
    """The daemon's tables count as a whole, so whoever changes the done file must find all of them in it."""
    config = before.config or NOTHING_SET
    return "" if config.startswith(NOTHING_SET) else f"{STILL}{config}"


def _updates(text: str) -> str:
    return within(text, (UPDATES,)).removeprefix(HEAD)


def _not_apart(text: str, name: str, table: dict[str, Any]) -> list[str]:
    """What is taken out must be what it was, and leave the rest so: it is wherever each table has its own heading."""
    left = {key: value for key, value in table.items() if key not in TABLES}
    try:
        apart = tomllib.loads(without(text, TABLES)) == left
        apart &= tomllib.loads(_updates(text)) == {key: table[key] for key in (UPDATES,) if key in table}
    except tomllib.TOMLDecodeError:
        apart = False
    return (
        []
        if apart
        else [f"{name}: write [wifi], [system], [secrets] and [updates] as tables of their own, with a heading each."]
    )


def _values(whole: Whole) -> set[str]:
    """Everything that is secret."""
    passwords = {one.password for one in whole.wifi.all} if whole.wifi is not None else set()
    found = passwords | set(whole.secrets.values())
    return {value for one in found for value in (one, one.strip()) if value}


def _done(text: str, values: set[str]) -> str:
    """The file without secrets, wherever they stand."""

    def secret(one: Statement) -> bool:
        if one.kind == "key" and one.table == "secrets":
            return True
        return any(leaf in values for leaf in leaves(one.values)) or any(value in one.text for value in values)

    return hidden(text, secret, KEPT)


def _hushed(config: str, values: set[str]) -> str:
    """Somebody may have written an older password into a remark."""
    return hidden(config, lambda one: one.kind == "remark" and any(value in one.text for value in values), KEPT)


def _line(told: str) -> int:
    found = _NUMBER.search(told)
    return int(found[1]) if found else 0
