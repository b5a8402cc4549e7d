"""The page of the Realtime library keeps its word."""

import asyncio
import inspect
import re
import sys
import wave
from pathlib import Path

import pytest

from oyez_realtime import MediaParameters, RealtimeClient
from tests.doubles.processes import running

PAGE = Path(__file__).parents[2] / "docs" / "realtime.md"
ADDRESS = "ws://127.0.0.1:8765"


@pytest.mark.timeout(90)
async def test_the_example_runs_as_it_stands(tmp_path: Path) -> None:
    """Only the port is another: the answer is printed, and the file holds its speech."""
    example = PAGE.read_text().partition("```python\n")[2].partition("```")[0]
    assert ADDRESS in example
    serve = [sys.executable, "-m", "oyez_local", "serve", "--port", "0", "--api-key", "any-key"]
    async with running(serve, ready="listening on") as server:
        url = server.lines[-1].split()[-1].replace("http", "ws")
        script = example.replace(ADDRESS, url)
        child = await asyncio.create_subprocess_exec(
            sys.executable, "-c", script, cwd=tmp_path, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
        )
        printed, complaint = await child.communicate()
    assert (child.returncode, complaint.decode()) == (0, "")
    assert len(printed.decode().split()) > 2
    with wave.open(str(tmp_path / "reply.wav")) as file:
        assert file.getnframes() > file.getframerate() / 2


def test_every_public_method_and_parameter_is_on_the_page() -> None:
    """What the page does not tell nobody finds."""
    told = set(re.findall(r"`[^`]*`", PAGE.read_text()))
    words = {word for phrase in told for word in re.findall(r"\w+", phrase)}
    methods = {name for name, _ in inspect.getmembers(RealtimeClient) if not name.startswith("_")}
    assert methods <= words
    assert set(inspect.signature(MediaParameters).parameters) <= words
