"""What can befall a sound card, over the whole daemon on the virtual one: it hears again by itself, in the same
process, and says meanwhile on MQTT what is wrong; or it ends with exit code 74 where only a new process may help.

(Users' first complaint of such devices: deaf until somebody restarts them.)
"""

import asyncio
import json
import socket
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from oyez_hw import virtual_card
from oyez_hw.crossing import Ticker
from oyez_hw.pcm import PcmFormat
from oyez_hw.room import Room, RoomSettings
from oyez_hw.virtual_card import VirtualCard
from tests.doubles.onlooker import Onlooker, onlooker
from tests.doubles.processes import Broker, Process, ProcessFailed, mosquitto, running
from tests.doubles.speech import say as speech
from tests.stories.outside import traced

WAKE = "Hey Jarvis, turn on the kitchen light."
CARD_LOST = 74
TRIES, PATIENCE_S = 4, 6.0
CONFIG = f"""
[device]
id = "story"
[board]
name = "alsa"
capture_device = "{virtual_card.MICROPHONE}"
playback_device = "{virtual_card.LOUDSPEAKER}"
zeros_s = 4.0
[line]
backend_url = "http://127.0.0.1:9"
[home]
port = {{broker_port}}
"""
"""Nobody answers: whether the wake word is heard is the question here."""


@pytest.fixture
def card(tmp_path: Path) -> Iterator[VirtualCard]:
    if reason := virtual_card.missing():
        pytest.skip(f"virtual ALSA card: {reason}")
    pytest.importorskip("alsaaudio", reason="the extra `board` is not installed")
    speech(WAKE)  # made now: it takes this process half a second, in which the card's room stands still
    room = Room(PcmFormat(16_000, 1), PcmFormat(48_000, 2), RoomSettings(), epoch_s=time.monotonic())
    made = VirtualCard(tmp_path / "card", room)
    made.start()
    yield made
    made.stop()


@dataclass
class Home:
    broker: Broker
    looker: Onlooker
    command: list[str]
    env: dict[str, str]

    @asynccontextmanager
    async def daemon(self, ready: str = "Listening for hey_jarvis", **env: str) -> AsyncIterator[Process]:
        async with running(self.command, env=self.env | env, ready=ready) as daemon:
            yield daemon

    async def shown(self, holds: Callable[[dict[str, Any]], bool], after: int = 0, timeout_s: float = 40.0) -> None:
        """The state document on MQTT, now or soon."""
        await self.looker.until("oyez/story/state", lambda p: holds(json.loads(p)), after=after, timeout_s=timeout_s)


@pytest.fixture
async def home(tmp_path: Path, card: VirtualCard) -> AsyncIterator[Home]:
    async with mosquitto() as broker, onlooker(broker.port) as looker:
        config, state = tmp_path / "oyez.toml", tmp_path / "state"
        state.mkdir()
        config.write_text(CONFIG.format(broker_port=broker.port))
        command = [sys.executable, "-m", "oyez", "run", "--config", str(config), "--trace", "/dev/stdout"]
        yield Home(broker, looker, command, card.environment | {"STATE_DIRECTORY": str(state)})


def lost(state: dict[str, Any], what: str) -> int:
    """As shown; before the first look nothing is."""
    return int(state["hearing"].get("lost", {}).get(what, 0))


async def heard(daemon: Process, say: Callable[[], Awaitable[None]]) -> None:
    """The wake word, said again by a person who gets no answer: scoring is skipped where this machine is busy."""
    place = len(daemon.lines)
    for _ in range(TRIES):
        await say()
        try:
            await daemon.line('"what":"WakeHeard"', after=place, timeout_s=PATIENCE_S)
        except ProcessFailed:
            continue
        return
    raise AssertionError(f"deaf: the wake word was said {TRIES} times")


async def hears(daemon: Process, card: VirtualCard) -> None:
    async def say() -> None:
        card.room.say(*speech(WAKE), level_dbfs=-24.0)

    await heard(daemon, say)


@dataclass(frozen=True)
class Mishap:
    begin: Callable[[VirtualCard], object]
    end: Callable[[VirtualCard], object]
    says: str
    """Of the sentence on MQTT."""
    lasts_s: float = 0.0
    """So long it goes on, by the card's clock, after it was told."""


def held(card: VirtualCard) -> None:
    """Another program takes it in the moment in which it comes back."""
    card.unplug()
    card.hold()
    card.replug()


def refused(card: VirtualCard) -> None:
    card.refuse(True)
    card.suspend()


MISHAPS = {
    "unplugged": Mishap(VirtualCard.unplug, VirtualCard.replug, "plug"),
    "suspended": Mishap(VirtualCard.suspend, lambda card: None, "was suspended"),
    "held by another program": Mishap(held, VirtualCard.release, "in use by another program"),
    "rate refused": Mishap(refused, lambda card: card.refuse(False), "does not run as it was asked to"),
    "stalled for 10 s": Mishap(lambda card: card.stall(True), lambda card: card.stall(False), "stands still", 7.0),
    "nothing but zeros": Mishap(lambda card: card.give("zeros"), lambda card: card.give("sound"), "nothing but zeros"),
    "the same sound": Mishap(lambda card: card.give("loop"), lambda card: card.give("sound"), "over and over"),
}
SHORT = "suspended"
"""In the default suite."""


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=() if name == SHORT else pytest.mark.long) for name in MISHAPS]
)
async def test_it_says_what_befell_its_card_and_hears_again_by_itself(
    name: str, card: VirtualCard, home: Home, record_property: Callable[[str, object], None]
) -> None:
    mishap = MISHAPS[name]
    async with home.daemon() as daemon:
        await hears(daemon, card)
        place, seen = len(daemon.lines), len(home.looker.seen)
        begun_s = time.monotonic()
        mishap.begin(card)
        while mishap.says not in (found := await traced(daemon, "TroubleFound", after=place))["sentence"]:
            place = daemon.lines.index(await daemon.line('"what":"TroubleFound"', after=place)) + 1
        told_s = found["time_s"] - begun_s
        error = await home.looker.until("oyez/story/event/error", lambda p: mishap.says in p.decode(), after=seen)
        assert json.loads(error.payload)["kind"] in ("microphone", "loudspeaker")
        await asyncio.sleep(mishap.lasts_s)  # the card's clock and the daemon's are the same
        ended_s = begun_s if name == SHORT else time.monotonic()
        mishap.end(card)
        well = await traced(daemon, "TroubleGone", after=place, kind="microphone")
        await home.shown(lambda state: state["trouble"] is None or state["trouble"]["kind"] != "microphone", seen)
        await home.shown(lambda state: lost(state, "microphone") > 0, seen)
        await hears(daemon, card)
        record_property("told_s", round(told_s, 2))
        record_property("well_s", round(well["time_s"] - ended_s, 2))
        assert await daemon.terminate(timeout_s=5.0) == 0


@pytest.mark.long
async def test_overruns_are_survived_counted_and_shown_and_are_no_trouble(card: VirtualCard, home: Home) -> None:
    async with home.daemon() as daemon:
        place = len(daemon.lines)
        breaker = Ticker(card.force_capture_xrun, 0.25, "breaker")
        breaker.start()
        await asyncio.sleep(3.0)
        breaker.stop()
        await hears(daemon, card)
        await home.shown(lambda state: lost(state, "capture_overruns") >= 5)
        assert not any('"kind":"microphone"' in line for line in daemon.lines[place:])


@pytest.mark.long
async def test_where_opening_does_not_help_it_ends_with_74_and_the_next_life_says_why(
    card: VirtualCard, home: Home
) -> None:
    async with home.daemon() as daemon:
        seen = len(home.looker.seen)
        card.give("loop")
        assert await daemon.wait(timeout_s=90.0) == CARD_LOST
        told = [json.loads(m.payload)["why"] for m in home.looker.seen[seen:] if m.topic == "oyez/story/event/error"]
        assert any("Its device is not reset: oyez_microphone names no card" in why for why in told), told
        assert "Oyez starts anew" in told[-1]
    card.give("sound")
    seen = len(home.looker.seen)
    async with home.daemon() as daemon:
        error = await home.looker.json("oyez/story/event/error", after=seen, kind="restarted")
        assert (error["code"], "over and over" in error["why"]) == (CARD_LOST, True)
        await home.shown(lambda state: state["device"]["last_end"]["code"] == CARD_LOST, seen)
        await hears(daemon, card)
        assert await daemon.terminate(timeout_s=5.0) == 0
    seen = len(home.looker.seen)
    async with home.daemon():
        await home.shown(lambda state: state["device"]["last_end"]["code"] == 0, seen)


@contextmanager
def service_manager(folder: Path) -> Iterator[tuple[str, Callable[[], set[str]]]]:
    """Its socket, and what was said to it since the last question."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listener:
        listener.bind(str(folder / "notify"))
        listener.setblocking(False)

        def told() -> set[str]:
            said = set()
            try:
                while True:
                    said.add(listener.recv(4096).decode().partition("=")[0])
            except BlockingIOError:
                return said

        yield str(folder / "notify"), told


@pytest.mark.long
async def test_a_card_that_is_away_for_good_keeps_the_process_up_and_the_watchdog_fed(
    tmp_path: Path, card: VirtualCard, home: Home
) -> None:
    """From the start: no restart would find it. It says so on MQTT, takes orders, and finds the card when it comes."""
    card.unplug()
    with service_manager(tmp_path) as (address, told):
        async with home.daemon(ready='"kind":"microphone"', NOTIFY_SOCKET=address, WATCHDOG_USEC="6000000") as daemon:
            await home.shown(lambda state: state["trouble"] is not None)
            await asyncio.sleep(20.0)  # longer than TimeoutStartSec would be for a watchdog of 6 s: see below
            assert {"READY", "WATCHDOG"} <= told()
            await asyncio.sleep(8.0)
            assert "WATCHDOG" in told(), "it would have been killed"
            seen = len(home.looker.seen)
            await home.looker.send("oyez/story/set/volume", "11")
            await home.shown(lambda state: state["volume"] == 11, seen)
            card.replug()
            await daemon.line("Listening for hey_jarvis", timeout_s=70.0)
            await hears(daemon, card)
