"""The peers of `listen`: wyoming-satellite with wyoming-openwakeword, two processes, hearing the same sound.

As they are set up on a device: the satellite reads a microphone command, sends all to the wake-word service by TCP, and
streams to its server after a wake. The server is a stub here that ends each conversation at once.
"""

import json
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.peers.environments import CannotInstall, Environment, python_packages

PINS = Path(__file__).parent / "pins"
PEERS = {
    name: Environment(name, (PINS / f"{name}.lock",), python_packages("--require-hashes"))
    for name in ("wyoming-openwakeword", "wyoming-satellite")
}
SPEED = 4
"""Times real time at which the sound is fed: nothing piles up, and sleeping less often can only help them."""
CHUNK = 1024
"""Samples, the satellite's own."""
WARM_UP_S = 3.0
PATIENCE_S = 30.0
FEEDER = """
import sys, time
sound, speed, go = open(sys.argv[1], "rb"), float(sys.argv[2]), sys.argv[3]
import os
while not os.path.exists(go): time.sleep(0.05)
begun, fed = time.monotonic(), 0
while piece := sound.read(2048):
    sys.stdout.buffer.write(piece); sys.stdout.buffer.flush(); fed += len(piece) / 32000
    time.sleep(max(0.0, begun + fed / speed - time.monotonic()))
open(go + ".done", "w").close()
time.sleep(600)
"""


def why_absent() -> str | None:
    """Installs what is missing. None: both are there; else the reason."""
    for environment in PEERS.values():
        try:
            if environment.why_absent():
                print(f"Installing {environment.name} into {environment.folder} ...", file=sys.stderr, flush=True)
                environment.install()
        except CannotInstall as error:
            return f"{environment.name} cannot be installed: {error}"
    return None


def measure(sound: Path, folder: Path) -> dict[str, dict[str, float]]:
    """CPU seconds an hour of sound and resident MB of each process and of both. sound: int16, 16 kHz, mono, raw.

    Raises RuntimeError when a process ends, or does not come up.
    """
    hours = sound.stat().st_size / 2 / 16_000 / 3600
    go = folder / "go"
    wake_port, port = free_port(), free_port()
    (folder / "feeder.py").write_text(FEEDER)
    microphone = f"{sys.executable} {folder / 'feeder.py'} {sound} {SPEED} {go}"
    wake = ["-m", "wyoming_openwakeword", "--uri", f"tcp://127.0.0.1:{wake_port}", "--preload-model", "hey_jarvis"]
    satellite = ["-m", "wyoming_satellite", "--uri", f"tcp://127.0.0.1:{port}", "--no-zeroconf"]
    satellite += ["--wake-uri", f"tcp://127.0.0.1:{wake_port}", "--wake-word-name", "hey_jarvis"]
    satellite += ["--mic-command", microphone]
    with running("wyoming-openwakeword", wake) as ears, running("wyoming-satellite", satellite) as body:
        reached(wake_port, ears)
        server = Stub(reached(port, body))
        time.sleep(WARM_UP_S)
        processes = {"wyoming-openwakeword": ears, "wyoming-satellite": body}
        before = {name: cpu_s(process) for name, process in processes.items()}
        go.touch()
        wait_for(Path(f"{go}.done"), hours * 3600 / SPEED + PATIENCE_S, (ears, body))
        time.sleep(1.0)
        each = {
            name: {"cpu_s_per_hour": (cpu_s(process) - before[name]) / hours, "rss_mb": resident_mb(process)}
            for name, process in processes.items()
        }
        server.close()
    both = {key: sum(one[key] for one in each.values()) for key in ("cpu_s_per_hour", "rss_mb")}
    return {**each, "both": both | {"wakes": float(server.wakes)}}


class Stub:
    """What the satellite takes for Home Assistant. A thread, since the one who measures waits."""

    def __init__(self, connection: socket.socket) -> None:
        self.wakes = 0
        self._connection = connection
        self._say("run-satellite")
        threading.Thread(target=self._serve, daemon=True).start()

    def close(self) -> None:
        self._connection.close()

    def _serve(self) -> None:
        try:
            with self._connection.makefile("rb") as lines:
                while line := lines.readline():
                    self._answer(json.loads(line), lines)
        except (OSError, ValueError):
            return

    def _answer(self, head: dict[str, Any], lines: Any) -> None:
        lines.read(int(head.get("data_length") or 0) + int(head.get("payload_length") or 0))
        if head["type"] == "ping":
            self._say("pong")
        elif head["type"] == "run-pipeline":
            self.wakes += 1
            self._say("transcript", {"text": ""})

    def _say(self, kind: str, data: dict[str, Any] | None = None) -> None:
        self._connection.sendall(json.dumps({"type": kind, "data": data or {}}).encode() + b"\n")


@contextmanager
def running(name: str, arguments: list[str]) -> Iterator[subprocess.Popen[bytes]]:
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    process = subprocess.Popen([str(PEERS[name].python), *arguments], start_new_session=True, **quiet)  # type: ignore[call-overload]
    try:
        yield process
    finally:
        # The session of its own holds the microphone command, too.
        os.killpg(process.pid, 15)
        process.wait(PATIENCE_S)


def reached(port: int, process: subprocess.Popen[bytes]) -> socket.socket:
    until_s = time.monotonic() + PATIENCE_S
    while time.monotonic() < until_s and process.poll() is None:
        try:
            return socket.create_connection(("127.0.0.1", port))
        except OSError:
            time.sleep(0.1)
    raise RuntimeError(f"a peer does not listen on its port; exit code {process.poll()}")


def wait_for(path: Path, seconds: float, processes: tuple[subprocess.Popen[bytes], ...]) -> None:
    until_s = time.monotonic() + seconds
    while not path.exists():
        if time.monotonic() > until_s or any(process.poll() is not None for process in processes):
            raise RuntimeError("the peers did not take the sound in time, or one of them ended")
        time.sleep(0.2)


def cpu_s(process: subprocess.Popen[bytes]) -> float:
    fields = Path(f"/proc/{process.pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def resident_mb(process: subprocess.Popen[bytes]) -> float:
    for line in Path(f"/proc/{process.pid}/status").read_text(encoding="utf-8").splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1000
    raise RuntimeError("the kernel does not tell a peer's memory")


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])
