"""What becomes of an update is told once, by events that say what happened and why."""

import json
from pathlib import Path
from typing import Any

import hypothesis.strategies as st
import pytest
from hypothesis import HealthCheck, given, settings

from oyez.update_file import Told
from oyez.update_news import OUTCOME_FILE, Outcome, UpdateNews, last_outcome, step_of

BACK = {"number": 3, "result": "gone_back", "version": "1.1.0", "from_version": "1.0.0", "why": "It did not start."}


class Device:
    """A run folder, a state folder, and the updater's record."""

    def __init__(self, folder: Path) -> None:
        self.run, self.state, self.record = folder / "run", folder / "state", folder / "record.json"
        self.run.mkdir()
        self.state.mkdir()
        self.events: list[tuple[str, dict[str, Any]]] = []

    def start(self) -> UpdateNews:
        return UpdateNews(
            self.run, self.state, lambda name, body: self.events.append((name, body)), outcome=self.record
        )

    def updater_says(self, **fields: object) -> None:
        (self.run / "update.json").write_text(json.dumps({"latest": "1.1.0", **fields}))

    @property
    def told(self) -> list[str]:
        return [str(body["what"]) for _, body in self.events]


@pytest.fixture
def device(tmp_path: Path) -> Device:
    return Device(tmp_path)


def test_each_stage_is_an_event_and_progress_is_none(device: Device) -> None:
    news = device.start()
    for stage, percentage in (("downloading", 1), ("downloading", 50), ("installing", 61), ("restart_pending", 100)):
        device.updater_says(in_progress=True, percentage=percentage, stage=stage)
        assert news.look()
        assert not news.look()
    assert device.told == ["downloading", "installing", "restart_pending"]


def test_a_refusal_is_told_with_its_reason_once(device: Device) -> None:
    news = device.start()
    device.updater_says(why="There is no room.")
    news.look()
    news.look()
    device.start().look()
    assert device.events == [("update", {"what": "refused", "version": "1.1.0", "why": "There is no room."})]


def test_the_same_refusal_of_another_try_is_told_again(device: Device) -> None:
    news = device.start()
    for fields in ({"why": "No room."}, {"stage": "downloading", "in_progress": True}, {"why": "No room."}):
        device.updater_says(**fields)
        news.look()
    assert device.told == ["refused", "downloading", "refused"]


def test_what_an_update_came_to_is_told_once_in_all_lives(device: Device) -> None:
    device.record.write_text(json.dumps({"last": BACK, "points": {"1.1.0": 3}, "pending": None}))
    assert device.start().last == Outcome(**BACK)  # type: ignore[arg-type]
    device.start()
    assert device.events == [
        (
            "update",
            {"what": "gone_back", "version": "1.1.0", "from_version": "1.0.0", "why": "It did not start."},
        )
    ]
    device.record.write_text(json.dumps({"last": {**BACK, "number": 4, "result": "promoted", "why": ""}}))
    assert device.start().last is not None
    assert device.told == ["gone_back", "promoted"]


def test_the_end_of_a_trial_is_told_while_the_daemon_runs(device: Device) -> None:
    news = device.start()
    assert not news.look()
    device.record.write_text(json.dumps({"last": {**BACK, "result": "promoted", "why": ""}}))
    assert news.look()
    assert device.told == ["promoted"]


@pytest.mark.parametrize("raw", [b"", b"{", b"[]", b'{"last": 3}', b'{"last": null}', b"\xff"])
def test_a_record_that_is_not_understood_is_none(device: Device, raw: bytes) -> None:
    device.record.write_bytes(raw)
    assert last_outcome(device.record) is None
    assert not device.start().look()


def test_without_a_state_folder_no_end_is_told_for_it_would_be_told_at_every_start(device: Device) -> None:
    device.record.write_text(json.dumps({"last": BACK}))
    news = UpdateNews(device.run, None, lambda name, body: device.events.append((name, body)), outcome=device.record)
    assert news.last is not None
    assert device.events == []


def test_a_machine_without_an_updater_tells_nothing(tmp_path: Path) -> None:
    news = UpdateNews(None, None, lambda name, body: pytest.fail("told"), outcome=tmp_path / OUTCOME_FILE.name)
    assert not news.look()


STAGES = st.sampled_from(["", "downloading", "installing", "restart_pending"])
TOLDS = st.builds(Told, st.just("1.1.0"), stage=STAGES, why=st.sampled_from(["", "No room.", "No key."]))


@given(st.none() | TOLDS, st.none() | TOLDS)
@settings(suppress_health_check=[HealthCheck.too_slow])
def test_what_did_not_change_is_no_news(before: Told | None, now: Told | None) -> None:
    assert step_of(now, now) is None
    step = step_of(before, now)
    if step is not None:
        assert now is not None
        assert step["what"] in ("refused", now.stage)
