"""From `oyez.toml` to Config: every mistake at once, each with its line and its path.

`parse` is pure; `load` and `secret` are the thin shell that reads files.
"""

import math
import os
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from types import UnionType
from typing import Any, Literal, get_args, get_origin, get_type_hints
from urllib.parse import urlsplit

import msgspec

from oyez.config import Board, Config, Hearing, Home, Line
from oyez.config_hearing import SHIPPED_WORDS
from oyez.config_panel_mistakes import panel_mistakes
from oyez.config_tool_mistakes import tool_mistakes
from oyez.errors import ConfigError
from oyez.mistake import Mistake, hint, is_topic
from oyez.secret import Secret, mask
from oyez.toml_lines import key_lines, line_of
from oyez_hw.board_settings import AUTO, PLAIN, BoardUnsettled, tables
from oyez_hw.catalogue import board_names
from oyez_hw.machine import Snapshot

LARGEST_BYTES = 1 << 20
CREDSTORE = Path("/etc/credstore")
"""Where systemd takes the daemon's secrets from."""


def load(path: Path, machine: Snapshot | None = None) -> Config:
    """Reads the file once. Raises what parse() raises."""
    try:
        with path.open("rb") as file:
            raw = file.read(LARGEST_BYTES + 1)
    except OSError as error:
        raise ConfigError(
            [f"{path} could not be read ({error.strerror}), so nothing is configured: create it, or name another."]
        ) from None
    if len(raw) > LARGEST_BYTES:
        raise ConfigError([f"{path} is larger than 1 MiB and is surely no configuration: name the right file."])
    try:
        # utf-8-sig: Windows editors put a mark at the front of the file on the boot partition.
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise ConfigError([f"{path}, line {line}: this is not UTF-8 text: save the file as UTF-8."]) from None
    return parse(text, str(path), machine)


def parse(text: str, name: str, machine: Snapshot | None = None) -> Config:
    """name: of the file, for the sentences. machine: where the daemon is to run, for board.name = "auto"; None: it
    says nothing. Raises ConfigError with every mistake, HardwareError where `auto` finds no board yet."""
    text = text.replace("\r\n", "\n")
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError([f"{name}: this is no TOML: {mask(str(error))}. Nothing after it was checked."]) from None
    except RecursionError:
        raise ConfigError([f"{name}: its brackets are nested too deep to be a configuration."]) from None
    mistakes = [*examine("", table, Config), *_unknown_board(table)]
    if not mistakes:
        try:
            config = msgspec.convert(tables(_with_kinds(table), machine), Config)
        except BoardUnsettled as error:
            mistakes = [Mistake("board.name", f"cannot be settled: {error}.")]
        else:
            mistakes = list(_contradictions(config))
            if not mistakes:
                return config
    raise ConfigError(numbered(text, name, mistakes))


def numbered(text: str, name: str, mistakes: Iterable[Mistake]) -> list[str]:
    """As they are told, each with its line, in their order in the text. name: of the file."""
    lines = key_lines(text)
    told = sorted((line_of(mistake.path, lines) or 0, mistake.path, mistake.sentence) for mistake in mistakes)
    return [f"{name}{f', line {line}' if line else ''}: {path} {why}" for line, path, why in told]


def secret(file: str, credential: str, environ: Mapping[str, str]) -> Secret | None:
    """$CREDENTIALS_DIRECTORY/credential where systemd loaded one, else the file named in the configuration, else None.

    White space around it is not part of it. Raises ConfigError when it is there and cannot be used.
    """
    folder = environ.get("CREDENTIALS_DIRECTORY")
    path = Path(folder) / credential if folder else None
    if path is None or not path.exists():
        if not file:
            return None
        path = Path(file)
    try:
        value = path.read_text("utf-8").strip()
    except OSError as error:
        raise ConfigError([f"{path}, the {credential}, could not be read ({error.strerror}): mend the file."]) from None
    except UnicodeDecodeError:
        raise ConfigError([f"{path}, the {credential}, is not UTF-8 text: write it anew."]) from None
    if not value:
        raise ConfigError([f"{path}, the {credential}, is empty: put the secret into it."])
    return Secret(value)


def stored_secret(file: str, credential: str, environ: Mapping[str, str], folder: Path = CREDSTORE) -> Secret | None:
    """`secret` for a person at a terminal, to whom systemd gives nothing: root finds what the daemon is given."""
    stored = folder / f"oyez.{credential}"
    found = not file and "CREDENTIALS_DIRECTORY" not in environ and os.access(stored, os.R_OK)
    return secret(str(stored) if found else file, credential, environ)


def with_client_key(home: Home, environ: Mapping[str, str]) -> Home:
    """Its key for the broker is the credential `mqtt_client_key` where systemd loaded one."""
    folder = environ.get("CREDENTIALS_DIRECTORY")
    path = Path(folder) / "mqtt_client_key" if folder else None
    return msgspec.structs.replace(home, tls_key_file=str(path)) if path is not None and path.exists() else home


def examine(path: str, value: Any, kind: Any) -> Iterator[Mistake]:
    """What is wrong with `value` as a `kind` (a Section, or what one of its fields may be), down to the leaves."""
    origin = get_origin(kind)
    if isinstance(kind, type) and issubclass(kind, msgspec.Struct):
        yield from _examine_table(path, value, kind)
    elif origin is list and isinstance(value, list):
        for number, element in enumerate(value):
            yield from examine(f"{path}[{number}]", element, get_args(kind)[0])
    elif origin is dict and isinstance(value, dict):
        for key, element in value.items():
            yield from examine(f"{path}.{key}", element, get_args(kind)[1])
    elif origin is UnionType and all(issubclass(one, msgspec.Struct) for one in get_args(kind)):
        yield from _examine_kinds(path, value, get_args(kind))
    elif sentence := _wrong(value, kind):
        yield Mistake(path, sentence)


def _examine_table(path: str, value: Any, struct: type[msgspec.Struct]) -> Iterator[Mistake]:
    if not isinstance(value, dict):
        yield Mistake(path, f"must be a table, [{path}], and not {_shown(value)}.")
        return
    hints = get_type_hints(struct, include_extras=True)
    for key, element in value.items():
        below = f"{path}.{key}" if path else key
        if key in hints:
            yield from examine(below, element, hints[key])
        else:
            yield Mistake(below, f"is unknown.{hint(key, hints)}")
    for field in msgspec.structs.fields(struct):
        if field.required and field.name not in value:
            yield Mistake(f"{path}.{field.name}", "is missing.")


def _examine_kinds(path: str, value: Any, kinds: tuple[type[msgspec.Struct], ...]) -> Iterator[Mistake]:
    """A table that says by its `kind` what it is; without one it is the first."""
    by_name = {str(one.__struct_config__.tag): one for one in kinds}
    name = value.get("kind", next(iter(by_name))) if isinstance(value, dict) else next(iter(by_name))
    if not isinstance(name, str) or name not in by_name:
        yield Mistake(f"{path}.kind", f"is {_shown(name)}: it must be one of {', '.join(by_name)}.")
        return
    plain = {key: one for key, one in value.items() if key != "kind"} if isinstance(value, dict) else value
    yield from _examine_table(path, plain, by_name[name])


def _with_kinds(table: dict[str, Any]) -> dict[str, Any]:
    """A tool without a kind is one of the first that there were."""
    tools = [{"kind": "mqtt", **tool} for tool in table.get("tools", [])]
    return {**table, "tools": tools}


def _wrong(value: Any, kind: Any) -> str | None:
    """What is wrong with one plain value."""
    if isinstance(value, float) and not math.isfinite(value):
        return f"is {value}: it must be a finite number."
    if get_origin(kind) is Literal and isinstance(value, str) and value not in get_args(kind):
        choices = [str(choice) for choice in get_args(kind)]
        return f"is {_shown(value)}: it must be one of {', '.join(choices)}.{hint(value, choices)}"
    try:
        msgspec.convert(value, kind)
    except msgspec.ValidationError as error:
        return f"is {_shown(value)}: {str(error)[0].lower()}{str(error)[1:]}."
    return None


def _shown(value: Any) -> str:
    text = mask(repr(value))
    return text if len(text) <= 60 else f"{text[:57]}..."


def _unknown_board(table: dict[str, Any]) -> Iterator[Mistake]:
    """The catalogue is a folder of files, so no type knows its names."""
    board = table.get("board")
    name = board.get("name", AUTO) if isinstance(board, dict) else AUTO
    boards = (AUTO, *PLAIN, *board_names())
    if isinstance(name, str) and name not in boards:
        yield Mistake("board.name", f"is {_shown(name)}: no board is called so.{hint(name, boards, most=4)}")


def _contradictions(config: Config) -> Iterator[Mistake]:
    """What each value alone does not show."""
    home = config.home
    if home.discovery and not is_topic(home.discovery_prefix):
        yield Mistake(
            "home.discovery_prefix", "must be an MQTT topic without + and #; Home Assistant's is homeassistant."
        )
    if home.password_file and not home.username:
        yield Mistake("home.password_file", "needs home.username: MQTT sends no password without a name.")
    for key in ("tls_ca_file", "tls_cert_file", "tls_key_file"):
        if getattr(home, key) and not home.tls:
            yield Mistake(f"home.{key}", "has no effect while home.tls is false: set it to true.")
    if home.tls_key_file and not home.tls_cert_file:
        yield Mistake("home.tls_key_file", "needs home.tls_cert_file: a key proves nothing without its certificate.")
    yield from _mixer_contradictions(config.board)
    yield from _quiet_contradictions(home)
    if home.audio_folder and not home.audio_folder.startswith("/"):
        yield Mistake("home.audio_folder", "must be a whole path, which begins with /.")
    if not config.line.backend_url.startswith(("http://", "https://")):
        yield Mistake("line.backend_url", "must begin with http:// or https://.")
    if config.line.realtime_url and not config.line.realtime_url.startswith(("ws://", "wss://")):
        yield Mistake("line.realtime_url", "must begin with ws:// or wss://.")
    yield from _local_contradictions(config.line)
    yield from _unknown_words(config.hearing)
    yield from panel_mistakes(config)
    yield from tool_mistakes(config)


def _mixer_contradictions(board: Board) -> Iterator[Mistake]:
    """A range that is none would let the element go as loud as it can."""
    if board.mixer_range_db is None:
        return
    lowest, loudest = board.mixer_range_db
    if not (-200.0 <= lowest <= loudest - 3.0 and loudest <= 100.0):
        yield Mistake("board.mixer_range_db", "must be the lowest and the loudest in dB, 3 apart, e.g. [-50.0, 0.0].")
    if not board.mixer_control:
        yield Mistake("board.mixer_range_db", "has no effect without board.mixer_control: name the element.")


def _quiet_contradictions(home: Home) -> Iterator[Mistake]:
    """Quiet hours have a beginning and an end."""
    if home.quiet_from and not home.quiet_until:
        yield Mistake("home.quiet_from", "needs home.quiet_until, or the night would never end.")
    if home.quiet_until and not home.quiet_from:
        yield Mistake("home.quiet_until", "needs home.quiet_from, or the night would never begin.")
    if home.quiet_from and home.quiet_from == home.quiet_until:
        yield Mistake("home.quiet_until", "is home.quiet_from: leave both out for no quiet hours.")


def _local_contradictions(line: Line) -> Iterator[Mistake]:
    if line.local_url and not _is_socket(line.local_url):
        yield Mistake("line.local_url", "must look like ws://127.0.0.1:8765/v1/realtime, or wss://...")
    if line.local_key_file and not line.local_url:
        yield Mistake("line.local_key_file", "has no effect without line.local_url: say where the local server is.")
    if line.local_ca_file and not line.local_url.startswith("wss://"):
        yield Mistake("line.local_ca_file", "has no effect while line.local_url does not begin with wss://.")


def _is_socket(address: str) -> bool:
    try:
        parts = urlsplit(address)
        return parts.scheme in ("ws", "wss") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False


def _unknown_words(hearing: Hearing) -> Iterator[Mistake]:
    """A word needs a model: one that ships, or one's own."""
    own = [word.name for word in hearing.words]
    for number, word in enumerate(hearing.words):
        if not word.model and word.name not in SHIPPED_WORDS:
            yield Mistake(f"hearing.words[{number}].model", f"is missing: no model ships for {word.name!r}.")
        if own.count(word.name) > 1:
            yield Mistake(f"hearing.words[{number}].name", f"is {word.name!r}, as another word's: names must differ.")
    known = [*SHIPPED_WORDS, *own]
    for name in hearing.listens_for:
        if name not in known:
            key = "wake_word" if hearing.wake_word else "wake_words"
            yield Mistake(f"hearing.{key}", f"is {name!r}: must be one of {', '.join(known)}.{hint(name, known)}")
