"""What oyez-local sends is what the openai SDK's own types allow, to the last field."""

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.peers.environments import ROOT
from tests.peers.evening import Evening
from tests.peers.install import PEERS

pytestmark = pytest.mark.timeout(240)

CREATED = {
    "type": "session.created",
    "event_id": "event_1",
    "session": {"type": "realtime", "id": "sess_1", "object": "realtime.session", "expires_at": 1},
}
STARTED = {"type": "input_audio_buffer.speech_started", "event_id": "event_2", "item_id": "item_1"}


@pytest.fixture(scope="module", autouse=True)
def sdk() -> None:
    reason = PEERS["openai"].why_absent()
    if reason is not None:
        pytest.skip(reason)


def validate(*logs: Path) -> tuple[int, list[str]]:
    """Exit code, and the lines that it printed: findings, then a count."""
    command = [str(PEERS["openai"].python), "-m", "tests.peers.validate", *map(str, logs)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert done.stderr == ""
    return done.returncode, done.stdout.splitlines()


def log_of(path: Path, *events: dict[str, Any]) -> Path:
    lines = [{"direction": "out", "type": event["type"], "event": event} for event in events]
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    return path


def test_the_three_known_additions_are_no_findings(tmp_path: Path) -> None:
    """session.id, object and expires_at are permitted."""
    code, lines = validate(log_of(tmp_path / "log", CREATED, {**STARTED, "audio_start_ms": 3}))
    assert code == 0
    assert json.loads(lines[-1])["events"] == 2


@pytest.mark.parametrize(
    ("event", "finding"),
    [
        ({**STARTED}, "input_audio_buffer.speech_started: audio_start_ms: Field required"),
        ({**STARTED, "audio_start_ms": "3"}, "input_audio_buffer.speech_started: audio_start_ms: Input should be"),
        ({**STARTED, "audio_start_ms": 3, "voice": 1}, "input_audio_buffer.speech_started: voice is unknown"),
        ({**CREATED, "session": {"type": "realtime", "mood": 1}}, "session.created: session.mood is unknown"),
        ({**CREATED, "expires_at": 1}, "session.created: expires_at is unknown"),
        ({"type": "response.cancelled", "event_id": "event_3"}, "response.cancelled: no type of the SDK"),
    ],
)
def test_everything_else_is_a_finding(tmp_path: Path, event: dict[str, Any], finding: str) -> None:
    """A missing field, a wrong type, an unknown field at any depth, an invented event."""
    code, lines = validate(log_of(tmp_path / "log", event))
    assert code == 1
    assert lines[0].startswith(finding)
    assert json.loads(lines[-1])["findings"] == 1


def test_all_that_was_sent_to_a_peer(evening: Evening) -> None:
    """Every event of a whole conversation: no finding."""
    code, lines = validate(evening.log)
    assert lines[:-1] == []
    assert code == 0
    types = json.loads(lines[-1])["types"]
    assert types["session.created"] == 1
    assert types["response.output_audio.delta"] > 20


def test_an_empty_log_proves_nothing(tmp_path: Path) -> None:
    """No events: no success."""
    assert validate(log_of(tmp_path / "log"))[0] == 1
