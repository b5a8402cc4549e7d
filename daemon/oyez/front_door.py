"""The daemon's way in and out: configuration and secrets, board, house, signals."""

import asyncio
import contextlib
import faulthandler
import logging
import os
import signal
import ssl
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import urlsplit

from msgspec.structs import replace

from oyez.board_coming import BoardComing
from oyez.config import Config, HttpCall
from oyez.config_cautions import cautions
from oyez.config_here import load_with_or_without
from oyez.credentials import secret, with_client_key
from oyez.errors import Bug, ConfigError, OyezError
from oyez.home.tools import HOME_ASSISTANT
from oyez.house import House
from oyez.logs import set_up
from oyez.memory import Memory, run_folder, state_folder
from oyez.panel_wiring import panel_settings
from oyez.secret import Secret
from oyez.session.local_server import LocalServer
from oyez.supervision import Notifier, notifier
from oyez.tooling import SecretHeaders
from oyez.trace import Trace
from oyez_hw.boards import Board, BoardSettings, open_board
from oyez_hw.ports import HardwareError

log = logging.getLogger(__name__)

MACHINE = Path("/")
WAIT_FOR_BOARD_S = 10.0
"""A board that is slow to come up is nothing to be told of; past it the house lives without."""
LOOK_AGAIN_S = 1.0
END_S = 2.0
"""SIGTERM closes everything within this; what has not ended then is left to the operating system."""


async def run(config_path: Path, trace_path: Path | None) -> int:
    """Runs until SIGTERM, SIGINT or the order to restart: 0; or until only a new process helps a sound card: 74.

    Raises OyezError for what an operator must mend."""
    asyncio.get_running_loop().set_default_executor(_Impatient(thread_name_prefix="oyez-names"))
    set_up(logging.INFO, sys.stderr, os.environ)
    faulthandler.enable()  # where each thread stood when the watchdog ended it: in the journal
    systemd, ending = notifier(os.environ), asyncio.Event()
    with contextlib.ExitStack() as stack:
        trace = stack.enter_context(Trace(trace_path, time.monotonic)) if trace_path else lambda fact: None
        while True:
            config, coming = await _configured(config_path, ending)
            code = await _until_told(_house(config, coming, systemd, trace), systemd, coming, ending)
            if code is not None:
                return code


async def _configured(path: Path, ending: asyncio.Event) -> tuple[Config, BoardComing | None]:
    """With what waits for the board where it is not there and cannot be named before."""
    gives_up_s = time.monotonic() + WAIT_FOR_BOARD_S
    while True:
        config, away = load_with_or_without(path, MACHINE)
        if not away:
            return config, None
        if time.monotonic() >= gives_up_s or ending.is_set():
            return config, BoardComing(path, MACHINE)
        log.warning("%s. It is looked for.", away)
        await asyncio.sleep(LOOK_AGAIN_S)


def _house(config: Config, coming: BoardComing | None, systemd: Notifier, trace: Callable[[object], None]) -> House:
    config = replace(config, home=with_client_key(config.home, os.environ))
    for caution in cautions(config):
        log.warning("%s", caution)
    _check_address(config)
    device_key = secret(config.line.device_key_file, "device_key", os.environ)
    board = _board(config)
    return House(
        config,
        coming.stand_in(board, config.board) if coming else board,
        device_key.reveal() if device_key else "",
        secret(config.home.password_file, "mqtt_password", os.environ),
        systemd,
        trace,
        Memory(state_folder(os.environ), run_folder(os.environ)),
        _mcp_tokens(config),
        local_server=_local_server(config),
        secret_headers=_secret_headers(config),
    )


async def _until_told(house: House, systemd: Notifier, coming: BoardComing | None, ending: asyncio.Event) -> int | None:
    """The exit code; None: the board has come, and the house is to be built anew. ending: set by signals from now on,
    and for good."""
    loop, come = asyncio.get_running_loop(), asyncio.Event()
    if coming is not None:
        coming.on_come = come.set
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, ending.set)
    living = loop.create_task(house.run(), name="house")
    told = {"signals": ending, "restart": house.restart_asked, "board": come}
    waiting = {loop.create_task(event.wait(), name=name) for name, event in told.items()}
    await asyncio.wait({living, *waiting}, return_when=asyncio.FIRST_COMPLETED)
    for one in waiting:
        one.cancel()
    if living.done():
        raise _cause(living.exception())  # a crash of the house is the crash of the process
    again = not (ending.is_set() or house.restart_asked.is_set())
    if again:
        log.info("A board was plugged in: beginning anew with it.")
        house.lives.ended("a board was plugged in, with which it began anew")
    else:
        log.info("Stopping.")
        systemd.stopping()
    living.cancel()
    _, hanging = await asyncio.wait({living}, timeout=END_S)
    if hanging:
        log.warning("Not everything ended within %g s; leaving it behind.", END_S)
        logging.shutdown()
        os._exit(house.lives.exit_code)
    return None if again else house.lives.exit_code


class _Impatient(ThreadPoolExecutor):
    """Looks up names for the loop. A name server that is silent must not hold up the end: nobody waits for it."""

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        super().shutdown(wait=False, cancel_futures=True)


def _check_address(config: Config) -> None:
    """What no pattern in the configuration can say: whether the address can be taken apart."""
    try:
        urlsplit(config.line.realtime_url).port  # noqa: B018  (reading it is the check)
    except ValueError as error:
        raise ConfigError(
            [f"line.realtime_url is no address ({error}): it looks like wss://host/v1/realtime"]
        ) from None


def _local_server(config: Config) -> LocalServer | None:
    """Who answers while the service is away."""
    line = config.line
    if not line.local_url:
        return None
    key = secret(line.local_key_file, "local_key", os.environ)
    try:
        tls = ssl.create_default_context(cafile=line.local_ca_file) if line.local_ca_file else None
    except OSError as error:  # of which ssl.SSLError is one
        raise ConfigError(
            [f"line.local_ca_file, {line.local_ca_file}, cannot be used ({error}): name a PEM."]
        ) from None
    return LocalServer(line.local_url, key, tls)


def _mcp_tokens(config: Config) -> dict[str, Secret]:
    found = {one.label: secret(one.authorization_file, f"mcp_{one.label}", os.environ) for one in config.mcp}
    return {label: token for label, token in found.items() if token is not None}


def _secret_headers(config: Config) -> SecretHeaders:
    """Raises ConfigError where one that is named has no value."""
    found: dict[str, dict[str, Secret]] = {}
    for tool in config.tools:
        for header, file in tool.header_files.items() if isinstance(tool, HttpCall) else ():
            value = secret(file, f"tool_{tool.name}_{header}".lower().replace("-", "_"), os.environ)
            if value is None:
                raise ConfigError([f"tools {tool.name}: there is no value for its header {header}: name a file."])
            found.setdefault(tool.name, {})[header] = _for_header(value, f"tools {tool.name}: the header {header}")
    if config.home_assistant.url:
        token = secret(config.home_assistant.token_file, "home_assistant_token", os.environ)
        if token is None:
            raise ConfigError(["home_assistant.token_file is missing: Home Assistant answers nobody without a token."])
        token = _for_header(token, "home_assistant.token_file")
        found[HOME_ASSISTANT] = {"Authorization": Secret(f"Bearer {token.reveal()}")}
    return found


def _for_header(value: Secret, what: str) -> Secret:
    """Raises ConfigError where HTTP could not carry it."""
    if not (value.reveal().isascii() and value.reveal().isprintable()):
        raise ConfigError([f"{what} holds characters that HTTP does not carry: only ASCII on one line will do."])
    return value


def _board(config: Config) -> Board:
    wished = config.board
    try:
        settings = BoardSettings(**{name: getattr(wished, name) for name in BoardSettings.__dataclass_fields__})
        return open_board(settings, panel_settings(config))
    except (HardwareError, ValueError) as error:
        raise ConfigError([f"board: {error}"]) from error


def _cause(error: BaseException | None) -> BaseException:
    """What an operator can mend, taken out of its task groups; else the whole, for a report."""
    inner = error
    while isinstance(inner, BaseExceptionGroup) and len(inner.exceptions) == 1:
        inner = inner.exceptions[0]
    return inner if isinstance(inner, OyezError) else error or Bug("The house ended, which it never does by itself.")
