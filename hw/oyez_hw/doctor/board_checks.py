"""The board's part of the table of checks: power, heat, load, storage, Wi-Fi, mixer, sound. The shell that gathers."""

import asyncio
import shutil
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from oyez_hw.boards import BoardSettings, open_board
from oyez_hw.card_holder import holder
from oyez_hw.doctor.board_facts import BoardFacts, WirelessFacts
from oyez_hw.doctor.board_reading import (
    read_heat,
    read_load,
    read_power,
    read_storage,
    read_wireless,
    wireless_interface,
)
from oyez_hw.doctor.board_rules import judge_heat, judge_load, judge_power, judge_storage, judge_wireless
from oyez_hw.doctor.finding import CannotLook, Finding
from oyez_hw.doctor.mixer_reading import mixers
from oyez_hw.doctor.mixer_rules import judge_mixers
from oyez_hw.doctor.presence_reading import UNKNOWN, Wanted, read_board
from oyez_hw.doctor.presence_rules import judge_board
from oyez_hw.doctor.rounds import Check
from oyez_hw.doctor.sound_facts import Mixer, Recording, SoundFigures
from oyez_hw.doctor.sound_measuring import Plan, listen
from oyez_hw.doctor.sound_rules import card_failed, held_by_us, judge_sound
from oyez_hw.ports import HardwareError, Microphone, Speaker

OpenCards = Callable[[], tuple[Microphone, Speaker]]
HANGS_S = 20.0
"""The listening takes five seconds, looking at it less on a small board; a card that hangs is left behind."""
SOUND_WITHIN_S = HANGS_S + 5.0
HANGS = (
    f"the sound card hangs, a call on its driver did not come back within {HANGS_S:g} s: plug it in again, or restart "
    "the board; see `dmesg` for what its driver says"
)
HELD = "the daemon holds the card; stop it for a look at it: `sudo systemctl stop oyez`"


def board_checks(root: Path, ask_owner: bool = False, wanted: Wanted = UNKNOWN) -> list[Check[Any]]:
    """root: where `sys`, `proc` and `etc` lie. ask_owner: of a board that nobody has proven, for the bench report.
    wanted: the board, by the configuration."""
    return [
        Check("power", "Power supply", _told(root, read_power), judge_power),
        Check("heat", "Temperature", _told(root, read_heat), judge_heat),
        Check("load", "Processor and memory", _told(root, read_load), judge_load),
        Check("storage", "Card and file system", _told(root, read_storage), judge_storage),
        Check("wifi", "Wi-Fi", lambda: _wireless(root), judge_wireless),
        Check("board", "Board", lambda: _board(root, wanted), lambda facts: judge_board(facts, ask_owner)),
    ]


def sound_checks(sound: "SoundLook", settings: BoardSettings, alsa_wanted: bool) -> list[Check[Any]]:
    """alsa_wanted: the card is one of ALSA, which has a mixer."""
    checks: list[Check[Any]] = [
        Check("sound", "Microphones and loudspeaker", sound.look, judge_heard, SOUND_WITHIN_S, figures_of)
    ]
    if alsa_wanted:
        mixer: Check[Any] = Check("mixer", "Mixer", lambda: _mixers(settings), judge_mixers, figures=_of_mixers)
        checks.insert(0, mixer)
    return checks


@dataclass(frozen=True, slots=True)
class Heard:
    """figures: None where the card could not be used; `failed` says why."""

    figures: SoundFigures | None
    failed: str = ""


def judge_heard(heard: Heard) -> Sequence[Finding]:
    if heard.figures is None:
        return [card_failed(heard.failed)]
    return list(judge_sound(heard.figures))


def figures_of(heard: Heard) -> dict[str, Any]:
    return {} if heard.figures is None else msgspec.to_builtins(heard.figures)


class SoundLook:
    """Listens to the card in a thread of its own; what it heard is kept for the plots."""

    def __init__(
        self,
        plan: Plan,
        open_cards: OpenCards,
        root: Path,
        on_progress: Callable[[float], None] = lambda share: None,
        *,
        device: str = "",
        why_not: Callable[[], str] = lambda: "",
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """device: ALSA's name of the microphone; empty: it is none of ALSA's. why_not: asked just before; why nobody
        may listen now, empty: one may. clock: the cards' own."""
        self._plan, self._open, self._root, self._on_progress = plan, open_cards, root, on_progress
        self._device = device
        self._why_not, self._clock = why_not, clock
        self.recording: Recording | None = None
        self.hung = False
        """The card did not let go: the process must not wait for its thread."""

    async def look(self) -> Heard:
        if why := self._why_not():
            raise CannotLook(why)
        held = holder(self._device, "capture", self._root / "proc") if self._device else None
        if held is not None and held_by_us(held.program):
            raise CannotLook(HELD)
        worker = ThreadPoolExecutor(1, "doctor-sound")
        self.hung = True
        try:
            async with asyncio.timeout(HANGS_S):
                figures, self.recording = await asyncio.get_running_loop().run_in_executor(worker, self._listen)
            self.hung = False
            return Heard(figures)
        except TimeoutError:
            return Heard(None, HANGS)
        except (HardwareError, ValueError) as error:
            self.hung = False
            return Heard(None, str(error))
        finally:
            worker.shutdown(wait=False)

    def _listen(self) -> tuple[SoundFigures, Recording]:
        microphone, speaker = self._open()
        return listen(self._plan, microphone, speaker, self._clock, self._on_progress)


def cards_of(settings: BoardSettings) -> OpenCards:
    def opened() -> tuple[Microphone, Speaker]:
        board = open_board(settings)
        return board.microphone, board.speaker

    return opened


def _told(root: Path, read: Callable[[Path], Any]) -> Callable[[], Any]:
    async def look() -> Any:
        facts = read(root)
        told = msgspec.to_builtins(facts).values()
        if all(value in (None, [], ()) for value in told):
            raise CannotLook("this machine does not tell")
        return facts

    return look


async def _board(root: Path, wanted: Wanted) -> BoardFacts:
    facts = read_board(root, wanted)
    if facts == BoardFacts():
        raise CannotLook("none of the catalogue shows itself, and none is named")
    return facts


async def _wireless(root: Path) -> WirelessFacts:
    interface = wireless_interface(root)
    if not interface:
        raise CannotLook("there is no Wi-Fi, or it is not in use")
    return read_wireless(root, await _power_save(interface))


async def _power_save(interface: str) -> str:
    """What `iw` says; empty without it."""
    tool = shutil.which("iw", path=None) or shutil.which("iw", path="/usr/sbin:/sbin")
    if tool is None:
        return ""
    process = await asyncio.create_subprocess_exec(
        tool, "dev", interface, "get", "power_save",
        stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL,
    )  # fmt: skip
    output, _ = await process.communicate()
    return output.decode("utf-8", "replace")[:1000]


async def _mixers(settings: BoardSettings) -> list[Mixer]:
    found = mixers(settings.playback_device, settings.capture_device)
    if not found:
        raise CannotLook("the card has no mixer, or none that is known to silence it")
    return found


def _of_mixers(found: list[Mixer]) -> dict[str, Any]:
    return {mixer.name: {k: v for k, v in msgspec.to_builtins(mixer).items() if k != "name"} for mixer in found}
