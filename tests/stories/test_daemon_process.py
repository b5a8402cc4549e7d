"""The daemon as a process: what systemd, a shell and an operator see of it."""

import asyncio
import shutil
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from oyez_hw.probe import snapshot
from tests.doubles.onlooker import onlooker
from tests.doubles.processes import Process, free_port, mosquitto, running

NOTHING_THERE = """
[board]
name = "simulated"

[line]
backend_url = "http://127.0.0.1:{backend}"

[home]
port = {broker}
"""


def command(config: Path) -> list[str | Path]:
    return [sys.executable, "-m", "oyez", "run", "--config", config]


@asynccontextmanager
async def daemon(folder: Path, env: dict[str, str]) -> AsyncIterator[Process]:
    config = folder / "oyez.toml"
    config.write_text(NOTHING_THERE.format(backend=free_port(), broker=free_port()))
    async with running(command(config), env=env) as process:
        yield process


async def test_it_reports_ready_feeds_the_watchdog_and_stops_within_two_seconds(tmp_path: Path) -> None:
    """READY comes though backend and broker are away: the device hears, and that is what it is for."""
    path = tmp_path / "notify"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind(str(path))
        manager.setblocking(False)
        async with daemon(tmp_path, {"NOTIFY_SOCKET": str(path), "WATCHDOG_USEC": "3000000"}) as process:
            await said(manager, "READY=1")
            await said(manager, "WATCHDOG=1")
            assert await process.terminate(timeout_s=2.0) == 0
            await said(manager, "STOPPING=1")


@pytest.mark.skipif(shutil.which("mosquitto") is None, reason="mosquitto is not installed: apt install mosquitto")
async def test_the_order_to_restart_is_answered_and_ends_the_process_in_order(tmp_path: Path) -> None:
    """Exit code 0, and the device says that it is away: whoever supervises it starts it again."""
    config = tmp_path / "oyez.toml"
    async with mosquitto() as broker, onlooker(broker.port) as looker:
        config.write_text(NOTHING_THERE.format(backend=free_port(), broker=broker.port))
        async with running(command(config)) as process:
            await looker.until("oyez/oyez/availability", lambda payload: payload == b"online")
            await looker.send("oyez/oyez/do/restart", '{"id": "r"}')
            assert (await looker.json("oyez/oyez/event/done", id="r"))["ok"]
            assert await process.wait(timeout_s=3.0) == 0
        await looker.until("oyez/oyez/availability", lambda payload: payload == b"offline")


async def said(manager: socket.socket, word: str) -> None:
    loop = asyncio.get_running_loop()
    async with asyncio.timeout(20):
        while word not in (await loop.sock_recv(manager, 4096)).decode().splitlines():
            pass


async def test_it_says_what_is_wrong_and_stays_up_when_nothing_else_is_there(tmp_path: Path) -> None:
    async with daemon(tmp_path, {}) as process:
        await process.line("backend")
        await process.line("MQTT")
        await process.line("Listening for hey_jarvis")
        assert process.returncode is None


async def test_a_broken_configuration_names_every_mistake_and_exits_with_78(tmp_path: Path) -> None:
    config = tmp_path / "oyez.toml"
    config.write_text('[board]\nname = "toaster"\n[hearing]\nwake_wrod = "alexa"\nvad_mode = 7\n')
    async with running(command(config)) as process:
        assert await process.wait() == 78
    for place in (
        "line 2: board.name is 'toaster': no board is called so. docs/boards.md names all of them",
        "line 4: hearing.wake_wrod is unknown. Did you mean wake_word?",
        "line 5: hearing.vad_mode is 7: ",
    ):
        assert any(line.startswith(f"{config}, {place}") for line in process.lines), (place, process.lines)


@pytest.mark.parametrize("setting", ["capture_device", "playback_device"])
async def test_an_absent_card_is_named_with_what_to_do_and_tried_again(tmp_path: Path, setting: str) -> None:
    pytest.importorskip("alsaaudio", reason="the extra `board` is not installed")
    config = tmp_path / "oyez.toml"
    devices = {"capture_device": "null", "playback_device": "null", setting: "no_such_card"}
    config.write_text('[board]\nname = "alsa"\n' + "".join(f'{name} = "{card}"\n' for name, card in devices.items()))
    async with running(command(config)) as process:
        line = await process.line(f"board.{setting}")
        assert "no_such_card" in line
        assert process.returncode is None


@pytest.mark.skipif(bool(snapshot().cards), reason="this machine has sound cards: `auto` would take one")
async def test_without_any_board_it_stays_up_says_so_and_feeds_the_watchdog(tmp_path: Path) -> None:
    """Where it ended it was started again for ever, deaf to MQTT as well."""
    config, address = tmp_path / "oyez.toml", tmp_path / "notify"
    config.write_text(NOTHING_THERE.format(backend=free_port(), broker=free_port()).replace("simulated", "auto"))
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind(str(address))
        manager.setblocking(False)
        async with running(command(config), env={"NOTIFY_SOCKET": str(address), "WATCHDOG_USEC": "3000000"}) as process:
            await process.line("board.name is auto, and no sound card for a voice is there")
            await said(manager, "READY=1")
            await said(manager, "WATCHDOG=1")
            assert await process.terminate(timeout_s=3.0) == 0


async def test_a_name_server_that_does_not_answer_does_not_hold_up_the_end(tmp_path: Path) -> None:
    """The internet away is the ordinary case: names hang then, for the backend and for the broker."""
    config = tmp_path / "oyez.toml"
    config.write_text(
        '[board]\nname = "simulated"\n[line]\nbackend_url = "https://tokens.oyez.invalid"\n'
        '[home]\nhost = "broker.oyez.invalid"\n'
    )
    # Python runs sitecustomize at its start: in this process names take their time.
    (tmp_path / "sitecustomize.py").write_text(
        "import socket, time\n"
        "real = socket.getaddrinfo\n"
        "def slow(host, *rest, **more):\n"
        "    if 'invalid' in str(host):\n"
        "        print('looking up', host, flush=True)\n"
        "        time.sleep(60)\n"
        "    return real(host, *rest, **more)\n"
        "socket.getaddrinfo = slow\n"
    )
    async with running(command(config), env={"PYTHONPATH": str(tmp_path)}) as process:
        await process.line("tokens.oyez.invalid")
        await process.line("Listening for")
        assert await process.terminate(timeout_s=3.0) == 0


async def test_an_address_that_cannot_be_taken_apart_is_the_operators_mistake(tmp_path: Path) -> None:
    config = tmp_path / "oyez.toml"
    config.write_text('[board]\nname = "simulated"\n[line]\nrealtime_url = "ws://["\n')
    async with running(command(config)) as process:
        assert await process.wait() == 78
        assert "line.realtime_url" in "\n".join(process.lines)
