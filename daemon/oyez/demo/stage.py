"""The stage: broker, backend, local server and daemon as real processes on loopback, started and ended in order."""

import asyncio
import contextlib
import os
import shutil
import socket
import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from oyez.errors import OyezError, ServiceAway

READY_S = 60.0
END_S = 5.0


@dataclass(frozen=True, slots=True)
class Stage:
    """Where everything listens and what it writes."""

    folder: Path
    mqtt_port: int
    backend_url: str
    device_key_file: Path
    server_log: Path


@contextlib.asynccontextmanager
async def built(folder: Path) -> AsyncIterator[Stage]:
    """Broker, local server and backend, ready; ended on the way out."""
    server_log = folder / "server.jsonl"
    upstream_key = "sk-only-on-loopback"
    async with contextlib.AsyncExitStack() as stack:
        mqtt_port = await stack.enter_async_context(_broker(folder))
        _, local = await stack.enter_async_context(
            process(
                [*_module("oyez_local"), "serve", "--port", "0", "--api-key", upstream_key, "--log-events", server_log],
                folder / "local.log",
                ready="listening on ",
            )
        )
        environ = {
            "OPENAI_API_KEY": upstream_key,
            "OYEZ_BACKEND_UPSTREAM_URL": local.rsplit(" ", 1)[-1] + "/v1",
            "OYEZ_BACKEND_DATA_DIR": str(folder / "backend"),
        }
        key_file = await _device_key(folder, environ)
        _, backend = await stack.enter_async_context(
            process(
                [*_module("oyez_backend"), "serve", "--port", "0"],
                folder / "backend.log",
                ready="listening on ",
                environ=environ,
            )
        )
        yield Stage(folder, mqtt_port, backend.rsplit(" ", 1)[-1], key_file, server_log)


@contextlib.asynccontextmanager
async def process(
    command: Sequence[object], log: Path, *, ready: str, environ: Mapping[str, str] | None = None
) -> AsyncIterator[tuple[asyncio.subprocess.Process, str]]:
    """A started process and the line in which it said that it is `ready`; both its outputs go to `log`.

    Raises ServiceAway with the end of the log when it ends or stays silent instead.
    """
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("wb") as file:
        child = await asyncio.create_subprocess_exec(
            *map(str, command),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=file,
            stderr=file,
            env={**os.environ, "PYTHONUNBUFFERED": "1", **(environ or {})},
        )
    try:
        yield child, await _line(child, log, ready)
    finally:
        await _end(child)


async def _line(child: asyncio.subprocess.Process, log: Path, text: str) -> str:
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(READY_S):
            while child.returncode is None:
                for line in _read(log):
                    if text in line:
                        return line
                await asyncio.sleep(0.05)
    tail = "\n".join(_read(log)[-12:])
    raise ServiceAway(f"{log.stem} did not become ready; the end of {log}:\n{tail}")


def _read(log: Path) -> list[str]:
    return log.read_text(encoding="utf-8", errors="replace").splitlines()


async def _end(child: asyncio.subprocess.Process) -> None:
    if child.returncode is not None:
        return
    child.terminate()
    try:
        async with asyncio.timeout(END_S):
            await child.wait()
    except TimeoutError:
        child.kill()
        await child.wait()


@contextlib.asynccontextmanager
async def _broker(folder: Path) -> AsyncIterator[int]:
    mosquitto = shutil.which("mosquitto", path=os.environ.get("PATH", "") + ":/usr/sbin")
    if mosquitto is None:
        raise OyezError(
            "mosquitto, the MQTT broker, is not installed: `apt-get install mosquitto`, or run `make setup`."
        )
    port = _free_port()
    config = folder / "mosquitto.conf"
    config.write_text(f"listener {port} 127.0.0.1\nallow_anonymous true\npersistence false\nlog_type all\n")
    config.chmod(0o644)
    async with process([mosquitto, "-c", config], folder / "mosquitto.log", ready=" running"):
        yield port


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


async def _device_key(folder: Path, environ: Mapping[str, str]) -> Path:
    """A key for this device, as its keeper would make it."""
    child = await asyncio.create_subprocess_exec(
        *_module("oyez_backend"),
        "device",
        "add",
        "demo",
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        env={**os.environ, **environ},
    )
    printed, _ = await child.communicate()
    words = [word for word in printed.decode().split() if word.startswith("oyez_")]
    if child.returncode != 0 or not words:
        raise ServiceAway(
            "The backend made no key for the demo's device; run `oyez-backend device add demo` to see why."
        )
    return _keep_secret(folder / "device_key", words[-1])


def _keep_secret(path: Path, value: str) -> Path:
    path.touch(mode=0o600)
    path.write_text(value)
    return path


def _module(name: str) -> list[str]:
    return [sys.executable, "-m", name]
