"""Sentences that are said without the daemon. (With it: tests/stories/test_spoken.py.)"""

import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest

from oyez.proof import Proof, write
from oyez.sentences import NAMES
from oyez_hw.crossing import Worker
from oyez_hw.pcm import PcmFormat
from oyez_hw.room import Room
from oyez_hw.simulated import FastClock, SimulatedCard
from oyez_hw.wav import write_wav
from oyez_system import spoken
from oyez_system.card.places import Places
from oyez_system.spoken import play, say


@pytest.fixture(autouse=True)
def _in_no_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spoken, "CARD_COMES_S", 0.1)
    monkeypatch.setattr(spoken, "DAEMON_TAKES_S", 1.0)
    monkeypatch.setattr(spoken, "LOOK_S", 0.02)


@pytest.fixture
def places(tmp_path: Path) -> Places:
    places = Places.below(tmp_path)
    places.spoken.mkdir(parents=True)
    (places.run / "say").mkdir(parents=True)
    for name in NAMES:
        write_wav(places.spoken / f"{name}.wav", np.zeros((100, 1), np.int16), 24_000)
    return places


def daemon(places: Places, ago_s: float = 0.0, loudspeaker: bool = True) -> None:
    """It has proved itself that long ago."""
    now_s = time.clock_gettime(time.CLOCK_BOOTTIME)
    write(
        places.run / "proof.json",
        Proof(
            version="1",
            since_boot_s=now_s - ago_s,
            microphone=True,
            scoring=True,
            loudspeaker=loudspeaker,
            conductor=True,
        ),
    )


def test_a_sentence_sounds_whole_at_the_cards_own_rate_and_on_all_its_channels() -> None:
    card = SimulatedCard(Room(PcmFormat(16_000, 1), PcmFormat(48_000, 2), epoch_s=0.0), FastClock())
    tone = (np.sin(np.arange(12_000) * 0.2) * 8_000).astype(np.int16)
    play(card.speaker, tone[:, None], 24_000)
    heard = card.room.heard.read(0, 48_000)
    (sounding,) = np.nonzero(heard[:, 0])
    assert 0.45 < (sounding[-1] - sounding[0]) / 48_000 < 0.55


def test_without_a_card_nothing_is_said_and_nothing_breaks(places: Places) -> None:
    assert not say("no_network", places)


def test_a_sentence_that_was_not_made_breaks_nothing(places: Places) -> None:
    (places.spoken / "ready.wav").unlink()
    assert not say("ready", places)


def test_nothing_but_our_sentences_can_be_asked_for(places: Places) -> None:
    with pytest.raises(ValueError, match="no sentence of ours"):
        say("../../etc/passwd", places)


@contextmanager
def taking(places: Places) -> Iterator[list[str]]:
    """A daemon that takes up whatever it is asked for, and what that was."""
    taken, over = list[str](), threading.Event()

    def take() -> None:
        while not over.wait(0.01):
            for asked in (places.run / "say").glob("*"):
                taken.append(asked.name)
                asked.unlink()

    worker = Worker(take, "daemon")
    yield taken
    over.set()
    worker.join()


def test_a_daemon_that_lives_is_asked(places: Places) -> None:
    daemon(places)
    with taking(places) as taken:
        assert say("no_network", places)
    assert taken == ["no_network"]


def test_one_that_takes_nothing_up_is_not_waited_for_and_finds_nothing_old_later(places: Places) -> None:
    daemon(places)
    assert not say("no_network", places)
    assert not (places.run / "say/no_network").exists()


@pytest.mark.parametrize(("ago_s", "loudspeaker"), [(60.0, True), (0.0, False)])
def test_a_daemon_that_died_or_has_no_loudspeaker_is_not_asked(places: Places, ago_s: float, loudspeaker: bool) -> None:
    """It would take the sentence and lose it."""
    daemon(places, ago_s, loudspeaker)
    with taking(places) as taken:
        assert not say("no_network", places)
    assert taken == []


def test_no_link_of_the_daemons_user_is_followed(places: Places, tmp_path: Path) -> None:
    daemon(places)
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (places.run / "say").rmdir()
    (places.run / "say").symlink_to(elsewhere)
    assert not say("no_network", places)
    assert not os.listdir(elsewhere)
