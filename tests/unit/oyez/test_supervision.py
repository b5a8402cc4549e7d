"""What systemd hears, on a real Unix datagram socket."""

import asyncio
import os
import secrets
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from oyez.liveness import Liveness
from oyez.supervision import Notifier, notifier, send_datagram, supervise, watchdog_interval_s


@pytest.fixture(params=["path", "abstract"])
def manager(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[str, socket.socket]]:
    """The service manager's end of NOTIFY_SOCKET."""
    address = str(tmp_path / "notify") if request.param == "path" else f"@oyez-{secrets.token_hex(8)}"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as receiver:
        receiver.bind(address.replace("@", "\0", 1) if request.param == "abstract" else address)
        receiver.settimeout(5.0)
        yield address, receiver


def test_the_manager_hears_every_word(manager: tuple[str, socket.socket]) -> None:
    address, receiver = manager
    systemd = notifier({"NOTIFY_SOCKET": address})
    systemd.ready()
    systemd.status("idle\nand well")
    systemd.alive()
    systemd.stopping()
    assert [receiver.recv(200) for _ in range(4)] == [b"READY=1", b"STATUS=idle and well", b"WATCHDOG=1", b"STOPPING=1"]


def test_the_word_arrives_by_libsystemd_too_where_its_binding_is_installed(manager: tuple[str, socket.socket]) -> None:
    address, receiver = manager
    program = "import os; from oyez.supervision import notifier; notifier(os.environ).ready()"
    subprocess.run([sys.executable, "-c", program], env={**os.environ, "NOTIFY_SOCKET": address}, check=True)
    assert receiver.recv(200).strip() == b"READY=1"


def test_the_same_status_is_said_once() -> None:
    said: list[str] = []
    systemd = Notifier(said.append)
    for sentence in ("idle", "idle", "listening"):
        systemd.status(sentence)
    assert said == ["STATUS=idle", "STATUS=listening"]


def test_without_a_manager_it_is_silent_and_a_lost_one_stops_nothing(caplog: pytest.LogCaptureFixture) -> None:
    notifier({}).ready()
    assert caplog.text == ""
    notifier({"NOTIFY_SOCKET": "/nonexistent/notify"}).ready()
    assert "could not be notified" in caplog.text


def test_a_datagram_to_nobody_is_an_error_for_the_caller() -> None:
    with pytest.raises(OSError, match="No such file"):
        send_datagram("/nonexistent/notify", "READY=1")


@pytest.mark.parametrize(
    ("environ", "interval_s"),
    [
        ({"WATCHDOG_USEC": "3000000"}, 1.0),
        ({"WATCHDOG_USEC": "3000000", "WATCHDOG_PID": "7"}, 1.0),
        ({"WATCHDOG_USEC": "3000000", "WATCHDOG_PID": "8"}, None),
        ({"WATCHDOG_USEC": "0"}, None),
        ({"WATCHDOG_USEC": "soon"}, None),
        ({}, None),
    ],
)
def test_the_watchdog_is_fed_three_times_in_its_limit(environ: dict[str, str], interval_s: float | None) -> None:
    assert watchdog_interval_s(environ, pid=7) == interval_s


async def test_it_feeds_only_while_all_are_alive_and_is_ready_only_when_complete() -> None:
    """A scripted clock: alive but incomplete, complete, silent, alive again."""
    liveness = Liveness({"capture": 2.0}, 0.0)
    said: list[str] = []
    looks = iter([1.0, 2.0, 9.0, 10.0])
    over = asyncio.Event()

    def clock() -> float:
        try:
            now = next(looks)
        except StopIteration:
            over.set()
            return 10.0
        if now in (2.0, 10.0):
            liveness.beat("capture", now)
        said.append(f"at {now}")
        return now

    missed: list[list[str]] = []
    watching = supervise(Notifier(said.append), liveness, clock, 0.0, lambda: "idle", missed.append)
    task = asyncio.create_task(watching)
    await over.wait()
    task.cancel()
    assert said[:12] == [
        "at 1.0",
        "WATCHDOG=1",
        "STATUS=idle",
        "at 2.0",
        "READY=1",
        "WATCHDOG=1",
        "at 9.0",
        "STATUS=capture has been silent for 7.0 s, 2 s are allowed",
        "at 10.0",
        "WATCHDOG=1",
        "STATUS=idle",
        "WATCHDOG=1",
    ]
    assert missed[:2] == [["capture has been silent for 7.0 s, 2 s are allowed"], []], "written down, and taken back"
