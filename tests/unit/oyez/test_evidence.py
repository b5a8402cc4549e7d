"""What the device can show for having woken: on MQTT, in the locker, aloud."""

import asyncio
import os
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

from oyez.actions import ReportWake
from oyez.config_hearing import Hearing
from oyez.evidence import Evidence
from oyez.hearing.locker.clips import ClipFacts, Kind
from oyez.home.deeds import LabelClip

SOUND = np.arange(800, dtype=np.int16)
NOON = datetime(2026, 11, 3, 12, 0, tzinfo=UTC)


class Broker:
    def __init__(self) -> None:
        self.told: asyncio.Queue[tuple[str, Mapping[str, Any]]] = asyncio.Queue()
        self.answers: asyncio.Queue[tuple[str | None, bool, str]] = asyncio.Queue()

    def emit(self, name: str, body: Mapping[str, Any]) -> None:
        self.told.put_nowait((name, body))

    def answer(self, order_id: str | None, ok: bool, why: str) -> None:
        self.answers.put_nowait((order_id, ok, why))


def evidence(broker: Broker, folder: Path | None, locker: bool = True) -> Evidence:
    hearing = Hearing(locker=locker)
    return Evidence(hearing, folder, broker.emit, broker.answer, lambda: 0.0, lambda: NOON, lambda: 48_000)


def facts(kind: Kind) -> ClipFacts:
    return ClipFacts(word="alexa", kind=kind, score=0.8, threshold=0.75, at_s=1.0, why="own voice", snr_db=9.04)


async def test_a_near_miss_is_told_once_its_clip_can_be_labelled(tmp_path: Path) -> None:
    broker = Broker()
    shown = evidence(broker, tmp_path)
    shown.keep(SOUND, facts("near_miss"))
    async with asyncio.timeout(10.0):
        name, body = await broker.told.get()
        assert name == "near_miss"
        assert body == {
            "word": "alexa",
            "score": 0.8,
            "threshold": 0.75,
            "snr_db": 9.0,
            "clip": "000001",
            "why": "own voice",
        }
        shown.label(LabelClip(body["clip"], "false", "7"))
        assert await broker.answers.get() == ("7", True, "")
        shown.label(LabelClip("9", "false", "8"))
        order_id, ok, why = await broker.answers.get()
        assert (order_id, ok) == ("8", False)
        assert "There is no clip" in why
    shown.close()


async def test_a_wake_is_told_at_once_and_its_clip_is_named_aloud(tmp_path: Path) -> None:
    broker = Broker()
    shown = evidence(broker, tmp_path)
    shown.heard(ReportWake("alexa", 0.8, 0.75))
    assert broker.told.get_nowait() == ("wake", {"word": "alexa", "score": 0.8, "threshold": 0.75})
    shown.opened()
    assert "No recording of it is kept." in shown.why()
    shown.keep(SOUND, facts("wake"))
    assert shown.locker is not None
    async with asyncio.timeout(10.0):
        while not (await shown.locker.list()):
            continue
    assert "Clip 1 of it is kept" in shown.why()
    assert broker.told.empty(), "of a wake everything was told"
    shown.close()


async def test_switched_off_or_without_a_folder_nothing_is_kept_and_all_else_works(tmp_path: Path) -> None:
    for shown, broker in [
        (evidence(off := Broker(), tmp_path, locker=False), off),
        (evidence(nowhere := Broker(), None), nowhere),
    ]:
        shown.keep(SOUND, facts("near_miss"))
        shown.label(LabelClip("1", "true", "7"))
        assert "hearing.locker is off" in broker.answers.get_nowait()[2]
        shown.heard(ReportWake("alexa", 0.8))
        shown.opened()
        assert "'alexa'" in shown.why()
        shown.close()
    assert os.listdir(tmp_path) == []


async def test_wakes_that_a_person_called_false_are_counted(tmp_path: Path) -> None:
    """Only with the locker, and the disk is read only where there is news."""
    broker = Broker()
    shown = evidence(broker, tmp_path)
    async with asyncio.timeout(10.0):
        await shown.count()
        assert shown.counted == {"false_wakes": 0, "near_misses": 0}
        shown.keep(SOUND, facts("wake"))
        shown.keep(SOUND, facts("near_miss"))
        await broker.told.get()
        shown.label(LabelClip("1", "false", "7"))
        assert await broker.answers.get() == ("7", True, "")
        await shown.count()
        assert shown.counted == {"false_wakes": 1, "near_misses": 1}
    shown.close()


async def test_without_a_locker_nothing_is_counted(tmp_path: Path) -> None:
    shown = evidence(Broker(), tmp_path, locker=False)
    await shown.count()
    assert shown.counted == {}
