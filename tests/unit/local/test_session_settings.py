"""What a session is told about itself: updates whole or not at all, limits, what is fixed once and what comes back."""

from typing import Any

import pytest

from oyez_local.mind import Decision
from oyez_local.orders import Close, Order, Think
from oyez_realtime import messages as wire
from tests.unit.local.machine import MANUAL, error_code, machine, only, speaking, tell, types


def test_an_update_changes_what_it_carries() -> None:
    """Other fields stay; null switches turn detection off; session.updated shows the whole."""
    session = machine(instructions="Be brief.", audio={"output": {"voice": "marin"}})
    updated = tell(session, type="session.update", session={"type": "realtime", **MANUAL})
    config = only(updated, wire.SessionUpdated).session
    assert config.instructions == "Be brief."
    assert config.audio.output.voice == "marin"
    assert config.audio.input.turn_detection is None
    assert config.audio.input.format == wire.AudioPcm()


@pytest.mark.parametrize(
    "mistake",
    [
        {"model": "other"},
        {"audio": {"output": {"voice": "cedar"}}},
        {"tools": [{"type": "mcp", "server_label": "x", "connector_id": "connector_gmail"}]},
    ],
)
def test_a_refused_update_changes_nothing(mistake: dict[str, Any]) -> None:
    """One impossible field and the whole update is dropped, the good fields too."""
    session = machine()
    response_id, _ = speaking(session)
    session.finished(response_id, 0.0)
    before = session.config
    assert error_code(
        tell(session, type="session.update", session={"type": "realtime", "instructions": "new", **mistake})
    )
    assert session.config is before


def test_the_session_ends_in_time() -> None:
    """At its limit: session_expired and close 1001; not a moment before."""
    session = machine(limit_s=60.0)
    assert session.deadline_s == 60.0
    assert session.tick(59.9) == []
    orders = session.tick(60.0)
    assert error_code(orders) == "session_expired"
    assert only(orders, Close) == Close(1001, "Your session hit the maximum duration of 1 minutes.")


def test_the_speed_changes_between_responses_only() -> None:
    """During a response another speed is refused, the same one is not."""
    session = machine()
    response_id, _ = speaking(session)

    def at_speed(speed: float) -> list[Order]:
        return tell(session, type="session.update", session={"type": "realtime", "audio": {"output": {"speed": speed}}})

    assert error_code(at_speed(1.2)) == "invalid_value"
    assert types(at_speed(1.0)) == ["session.updated"]
    session.finished(response_id, 1.0)
    assert types(at_speed(1.2)) == ["session.updated"]


def test_metadata_comes_back() -> None:
    """What a client attached to a response is in its created and its done, out of band too."""
    session = machine(output_modalities=["text"])
    for conversation in ("auto", "none"):
        asked = {"metadata": {"topic": "lamp"}, "conversation": conversation}
        created = tell(session, type="response.create", response=asked)
        assert only(created, wire.ResponseCreated).response.metadata == {"topic": "lamp"}
        done = session.thought(only(created, Think).response_id, Decision("Hi."), 0.0)
        assert only(done, wire.ResponseDone).response.metadata == {"topic": "lamp"}


def test_tracing_stays_as_it_was_first_set() -> None:
    """Once on, another tracing is refused; null and the same are not."""
    session = machine(tracing="auto")
    other = {"type": "realtime", "tracing": {"group_id": "g"}}
    assert error_code(tell(session, type="session.update", session=other)) == "invalid_value"
    same = {"type": "realtime", "tracing": "auto"}
    assert types(tell(session, type="session.update", session=same)) == ["session.updated"]
