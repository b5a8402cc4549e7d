"""The harness itself: a story is worth what its processes tell."""

import asyncio
import shutil
import sys

import pytest

from tests.doubles.processes import ProcessFailed, mosquitto, running


async def test_ready_line_is_awaited_and_environment_is_passed() -> None:
    """The block begins only after the ready line, with the asked environment."""
    code = "import os, time; print('ready', os.environ['WORD'], flush=True); time.sleep(60)"
    async with running([sys.executable, "-c", code], ready="ready", env={"WORD": "xyzzy"}) as process:
        assert process.lines == ["ready xyzzy"]
        assert await process.terminate() == -15


async def test_an_end_before_ready_is_told_with_the_output() -> None:
    """A process that dies before it is ready fails at once, with what it printed."""
    with pytest.raises(ProcessFailed, match="went wrong"):
        async with running([sys.executable, "-c", "print('went wrong'); raise SystemExit(3)"], ready="never"):
            pass


@pytest.mark.skipif(shutil.which("mosquitto") is None, reason="mosquitto is not installed")
async def test_broker_comes_back_on_the_same_port() -> None:
    """A killed broker refuses connections, and takes them again on its old port after start()."""
    async with mosquitto() as broker:
        await asyncio.open_connection("127.0.0.1", broker.port)
        await broker.kill()
        with pytest.raises(ConnectionRefusedError):
            await asyncio.open_connection("127.0.0.1", broker.port)
        await broker.start()
        await asyncio.open_connection("127.0.0.1", broker.port)
