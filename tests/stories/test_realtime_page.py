"""The page of the Realtime library keeps its word."""

import asyncio
import base64
import inspect
import json
import re
import subprocess
import sys
import wave
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from oyez_realtime import MediaParameters, RealtimeClient, messages as m, webhooks
from tests.doubles.processes import running
from tests.doubles.speech import say

PAGE = Path(__file__).parents[2] / "docs" / "realtime.md"
pytestmark = pytest.mark.timeout(90)
ADDRESS = "ws://127.0.0.1:8765"


SPOKEN = "Turn on the kitchen light, please."
BLOCKS = re.findall(r"```python\n(.*?)```", PAGE.read_text(), re.DOTALL)
WHOLE = [block for block in BLOCKS if "asyncio.run" in block]


def piece(word: str) -> dict[str, Any]:
    """The names that the example with `word` in it defines."""
    (source,) = [block for block in BLOCKS if word in block and "asyncio.run" not in block]
    names: dict[str, Any] = {}
    exec(source, names)
    return names


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def server_url() -> AsyncIterator[str]:
    serve = [sys.executable, "-m", "oyez_local", "serve", "--port", "0", "--api-key", "any-key"]
    async with running(serve, ready="listening on") as server:
        yield server.lines[-1].split()[-1]


async def run(example: str, server_url: str, folder: Path) -> str:
    """What the example prints; only the port of the address is another."""
    assert ADDRESS in example
    script = example.replace(ADDRESS, server_url.replace("http", "ws"))
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-c", script, cwd=folder, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
    )
    printed, complaint = await child.communicate()
    assert (child.returncode, complaint.decode()) == (0, "")
    return printed.decode()


async def test_the_first_example_speaks(server_url: str, tmp_path: Path) -> None:
    """The answer is printed, and the file holds its speech."""
    assert len((await run(WHOLE[0], server_url, tmp_path)).split()) > 2
    with wave.open(str(tmp_path / "reply.wav")) as file:
        assert file.getnframes() > file.getframerate() / 2


async def test_the_example_of_tools_switches_the_light(server_url: str, tmp_path: Path) -> None:
    """The model calls the function and says what it answered."""
    (example,) = [block for block in WHOLE if "ToolRegistry" in block]
    assert "kitchen light" in (await run(example, server_url, tmp_path)).lower()


async def test_the_example_of_captions_writes_down_a_file(server_url: str, tmp_path: Path) -> None:
    """What is in the file is printed as it is spoken, and then whole."""
    samples, rate_hz = say(SPOKEN)
    with wave.open(str(tmp_path / "speech.wav"), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate_hz)
        file.writeframes(samples.tobytes())
    (example,) = [block for block in WHOLE if "TranscriptionSession" in block]
    growing, whole = (await run(example, server_url, tmp_path)).strip().split("\n")
    assert "kitchen light" in growing
    assert "kitchen light" in whole


async def test_the_example_of_tokens_gets_one(server_url: str) -> None:
    """A client secret of a real server."""
    assert (await piece("create_client_secret")["token"](f"{server_url}/v1", "any-key")).startswith("ek_")


def test_the_example_of_the_webhook_knows_a_telephone_that_rings(monkeypatch: pytest.MonkeyPatch) -> None:
    """The call's id of a genuine delivery, once."""
    text = "whsec_" + base64.b64encode(bytes(range(24))).decode()
    monkeypatch.setenv("OPENAI_WEBHOOK_SECRET", text)
    ringing = piece("SeenIds")["ringing"]
    body = json.dumps(
        {"type": "realtime.call.incoming", "id": "evt_1", "data": {"call_id": "rtc_1", "sip_headers": []}}
    )
    signature = webhooks.sign(webhooks.signing_secret(text), "wh_1", "1000", body.encode())
    headers = {"webhook-id": "wh_1", "webhook-timestamp": "1000", "webhook-signature": signature}
    assert ringing(headers, body.encode(), 1000.0) == "rtc_1"
    with pytest.raises(webhooks.WebhookRefused):
        ringing(headers, body.encode(), 1000.0)


def test_the_example_of_costs_adds_up() -> None:
    """A million tokens of the model's speech are what the price says."""
    usage = m.Usage(output_tokens=1_000_000, output_token_details=m.OutputTokenDetails(audio_tokens=1_000_000))
    done = m.ResponseDone(response=m.Response(id="r", usage=usage))
    assert piece("tokens_of")["cost_of"](done) == 64


@pytest.mark.timeout(180)
def test_the_examples_are_typed(tmp_path: Path) -> None:
    """As a user's program that is checked strictly; the pieces that only name variables of others are left out."""
    files = []
    for number, block in enumerate(block for block in BLOCKS if "import" in block):
        files.append(tmp_path / f"example_{number}.py")
        files[-1].write_text(block)
    assert len(files) == 6
    checked = subprocess.run(
        [sys.executable, "-m", "mypy", "--strict", *files], cwd=PAGE.parents[1], capture_output=True, text=True
    )
    assert checked.returncode == 0, checked.stdout


def test_every_public_method_and_parameter_is_on_the_page() -> None:
    """What the page does not tell nobody finds."""
    told = set(re.findall(r"`[^`]*`", PAGE.read_text()))
    words = {word for phrase in told for word in re.findall(r"\w+", phrase)}
    methods = {name for name, _ in inspect.getmembers(RealtimeClient) if not name.startswith("_")}
    assert methods <= words
    assert set(inspect.signature(MediaParameters).parameters) <= words
