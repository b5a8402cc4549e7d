"""From `oyez.toml` to Config: every mistake at once, each with its line and its path.

`parse` and `judged` are pure; `load` is the thin shell that reads the file.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

from oyez.config import Board, Config, Hearing, Home, Line
from oyez.config_hearing import SHIPPED_WORDS
from oyez.config_panel_mistakes import panel_mistakes
from oyez.config_tool_mistakes import tool_mistakes
from oyez.elsewhere import pointed, tables_of
from oyez.errors import ConfigError
from oyez.examination import apart, examine, sound
from oyez.mistake import Mistake, is_topic, nearest
from oyez.plain_words import one_of, shown
from oyez.toml_text import read_toml
from oyez_hw.board_settings import AUTO, PLAIN, BoardUnsettled, tables
from oyez_hw.catalogue import board_names
from oyez_hw.machine import Snapshot
from oyez_hw.ports import HardwareError

TABLES = tables_of(Config)
LARGEST_BYTES = 1 << 20
MOST_NEAR = 3
ALL_BOARDS = 'docs/boards.md names all of them; "auto" takes the one that is there.'


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
    reading = read_toml(text)
    config, mistakes = judged(reading.table, None if reading.unreadable else machine)
    if told := reading.tell(name, mistakes):
        raise ConfigError(told)
    return config


def judged(table: dict[str, Any], machine: Snapshot | None = None) -> tuple[Config, list[Mistake]]:
    """What is right of the table, and every mistake. machine: as for parse(). Raises HardwareError where there is no
    mistake and `auto` finds no board yet."""
    found = [*(pointed(one, TABLES) for one in examine("", table, Config)), *_unknown_board(table)]
    right, away = sound(table, Config), None
    try:
        right = tables(right, machine)
    except BoardUnsettled as error:
        found.append(Mistake("board.name", f"cannot be settled: {error}."))
    except HardwareError as error:
        away = error
    config = msgspec.convert(right, Config)
    found += list(apart(_contradictions(config), found))
    if away is not None and not found:
        raise away
    return config, found


def _unknown_board(table: dict[str, Any]) -> Iterator[Mistake]:
    """The catalogue is a folder of files, so no type knows its names."""
    board = table.get("board")
    name = board.get("name", AUTO) if isinstance(board, dict) else AUTO
    boards = (AUTO, *PLAIN, *board_names())
    if isinstance(name, str) and name not in boards:
        plain = {re.sub(r"[^a-z0-9]", "", one): one for one in boards}
        word = re.sub(r"[^a-z0-9]", "", name.lower())
        near = [one for one in plain if word and one.startswith(word)]
        near = list(dict.fromkeys([*near, *nearest(word, plain, MOST_NEAR)]))[:MOST_NEAR]
        meant = f" Did you mean {' or '.join(plain[one] for one in near)}?" if near else ""
        yield Mistake("board.name", f"is {shown(name)}: no board is called so.{meant} {ALL_BOARDS}")


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
    if line.local_key_file and not line.local_url:
        yield Mistake("line.local_key_file", "has no effect without line.local_url: say where the local server is.")
    if line.local_ca_file and not line.local_url.startswith("wss://"):
        yield Mistake("line.local_ca_file", "has no effect while line.local_url does not begin with wss://.")


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
            own_too = " A word of your own stands in hearing.words." if not own else ""
            yield Mistake(f"hearing.{key}", f"{one_of(name, known)}{own_too}")
