"""MQTT is told for a daemon that cannot, by a real broker, under the daemon's own settings."""

import asyncio
import json
from pathlib import Path

import pytest

from oyez_system.rescue.telling import KIND, messages, tell
from tests.doubles.onlooker import onlooker
from tests.doubles.processes import mosquitto

SENTENCE = "Oyez was given up by systemd."


def config(folder: Path, port: int) -> Path:
    path = folder / "oyez.toml"
    path.write_text(f'[device]\nid = "kitchen"\n[home]\nport = {port}\n[board]\nname = 17 # the mistake\n')
    return path


def test_everything_of_the_last_state_but_the_trouble_is_left_as_it_is() -> None:
    state, plain, event = messages("kitchen", {"muted": True, "trouble": None}, SENTENCE)
    assert (state.topic, state.retain) == ("oyez/kitchen/state", True)
    assert json.loads(state.payload) == {"muted": True, "trouble": {"kind": KIND, "sentence": SENTENCE}}
    assert (plain.topic, plain.payload, plain.retain) == ("oyez/kitchen/status/trouble", b"needs_help", True)
    assert (event.topic, event.retain) == ("oyez/kitchen/event/error", False)
    assert json.loads(event.payload)["why"] == SENTENCE


async def test_the_broker_keeps_it_for_whoever_looks_later_and_the_rest_of_the_state_with_it(tmp_path: Path) -> None:
    async with mosquitto() as broker:
        path = config(tmp_path, broker.port)
        async with onlooker(broker.port) as daemon:
            await daemon.send("oyez/kitchen/state", b'{"muted": true, "trouble": null}', retain=True)
        assert await asyncio.to_thread(tell, path, SENTENCE)
        async with onlooker(broker.port) as later:
            state = await later.until("oyez/kitchen/state")
            plain = await later.until("oyez/kitchen/status/trouble")
    assert json.loads(state.payload) == {"muted": True, "trouble": {"kind": KIND, "sentence": SENTENCE}}
    assert (state.retain, plain.payload) == (True, b"needs_help")


def test_a_broker_that_is_away_costs_nothing_but_the_news(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    assert not tell(config(tmp_path, 1), SENTENCE)
    assert "MQTT cannot be told" in caplog.text


@pytest.mark.parametrize("content", [None, b"[home", b"\xff", b"[home]\nport = 'x'\n", b"[home]\nhost = ''\n"])
def test_a_file_that_says_nothing_of_a_broker_is_no_error(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "oyez.toml"
    if content is not None:
        path.write_bytes(content)
    assert not tell(path, SENTENCE)
