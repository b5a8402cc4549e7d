"""Real processes for stories: start a command, await the line that says it is ready, kill it, bring it back."""

import asyncio
import os
import socket
import tempfile
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

MOST_SHOWN = 400
"""Lines of a process shown when a story fails: the trace of some four conversations."""


class ProcessFailed(AssertionError):
    """The process ended, or stayed silent, before it said what was awaited; carries what it printed."""


def free_port() -> int:
    """A TCP port on loopback that nothing listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class Process:
    """One child process. stdout and stderr run together in `lines`, as they came."""

    def __init__(
        self,
        command: Sequence[str | Path],
        *,
        env: Mapping[str, str] | None = None,
        cwd: str | Path | None = None,
    ) -> None:
        self.command = [str(word) for word in command]
        self.env = {**os.environ, "PYTHONUNBUFFERED": "1", **(env or {})}
        self.cwd = cwd
        self.lines: list[str] = []
        self._grown = asyncio.Condition()
        self._ended = True
        self._process: asyncio.subprocess.Process | None = None
        self._reader: asyncio.Task[None] | None = None

    async def start(self) -> None:
        self._ended = False
        self._process = await asyncio.create_subprocess_exec(
            *self.command,
            env=self.env,
            cwd=self.cwd,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            limit=1 << 20,
        )
        self._reader = asyncio.create_task(self._read(self._process), name=f"read {self.command[0]}")

    async def _read(self, process: asyncio.subprocess.Process) -> None:
        assert process.stdout is not None
        async for raw in process.stdout:
            async with self._grown:
                self.lines.append(raw.decode(errors="replace").rstrip("\n"))
                self._grown.notify_all()
        await process.wait()
        async with self._grown:
            self._ended = True
            self._grown.notify_all()

    async def line(self, text: str, *, after: int = 0, timeout_s: float = 30.0) -> str:
        """The first line from index `after` on that contains `text`, now or soon. Raises ProcessFailed."""
        try:
            async with asyncio.timeout(timeout_s), self._grown:
                while True:
                    for line in self.lines[after:]:
                        if text in line:
                            return line
                    if self._ended:
                        raise ProcessFailed(self._story(f"ended ({self.returncode}) before it said {text!r}"))
                    await self._grown.wait()
        except TimeoutError:
            raise ProcessFailed(self._story(f"did not say {text!r} within {timeout_s} s")) from None

    def _story(self, what: str) -> str:
        return f"{' '.join(self.command)} {what}; it printed:\n" + "\n".join(self.lines[-60:])

    @property
    def pid(self) -> int:
        assert self._process is not None, "the process was never started"
        return self._process.pid

    @property
    def returncode(self) -> int | None:
        return None if self._process is None else self._process.returncode

    async def wait(self, timeout_s: float = 10.0) -> int:
        """Awaits the end and tells the exit code (negative: the signal)."""
        assert self._process is not None
        assert self._reader is not None
        try:
            async with asyncio.timeout(timeout_s):
                await asyncio.shield(self._reader)
        except TimeoutError:
            raise ProcessFailed(self._story(f"did not end within {timeout_s} s")) from None
        return await self._process.wait()

    async def kill(self) -> int:
        """kill -9, and waits until it is gone."""
        if self._process is not None and self._process.returncode is None:
            self._process.kill()
        return await self.wait()

    async def terminate(self, timeout_s: float = 10.0) -> int:
        """SIGTERM, and waits for the exit code."""
        if self._process is not None and self._process.returncode is None:
            self._process.terminate()
        return await self.wait(timeout_s)


@asynccontextmanager
async def running(
    command: Sequence[str | Path],
    *,
    ready: str = "",
    env: Mapping[str, str] | None = None,
    cwd: str | Path | None = None,
    ready_timeout_s: float = 30.0,
) -> AsyncIterator[Process]:
    """A started process that has said `ready`; killed on the way out. `env` adds to this process's own."""
    process = Process(command, env=env, cwd=cwd)
    await process.start()
    try:
        if ready:
            await process.line(ready, timeout_s=ready_timeout_s)
        yield process
    except BaseException:
        # pytest shows it beside the failure: a rare one on another machine must be explained by what it left.
        print("\n".join([f"{' '.join(process.command)} printed:", *process.lines[-MOST_SHOWN:]]))
        raise
    finally:
        await process.kill()


class Broker(Process):
    """mosquitto on one loopback port. `kill()` and `start()` again: the same port, and nothing retained survives."""

    def __init__(self, folder: Path) -> None:
        self.port = free_port()
        # mosquitto started as root gives up its rights and must still be able to look here.
        folder.chmod(0o755)
        config = folder / "mosquitto.conf"
        config.write_text(f"listener {self.port} 127.0.0.1\nallow_anonymous true\npersistence false\nlog_type all\n")
        super().__init__(["mosquitto", "-c", config])

    async def start(self) -> None:
        seen = len(self.lines)
        await super().start()
        await self.line(" running", after=seen, timeout_s=10.0)


@asynccontextmanager
async def mosquitto() -> AsyncIterator[Broker]:
    """A real broker, ready; `broker.port`, `await broker.kill()`, `await broker.start()`."""
    with tempfile.TemporaryDirectory(prefix="oyez-mosquitto-") as folder:
        broker = Broker(Path(folder))
        await broker.start()
        try:
            yield broker
        finally:
            await broker.kill()
