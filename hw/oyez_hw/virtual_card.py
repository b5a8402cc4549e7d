"""A sound card without kernel or hardware: alsa-lib and pyalsaaudio for real, over our own ioplug plugin, in a Room.

The plugin (hw/virtual_card/pcm_oyez_card.c, built here with gcc) keeps a card's clock and faults; a pump in this
process carries what the loudspeaker made audible into the Room and what the microphones hear out of it. The program
under test may be this process or another one: it only needs `ALSA_CONFIG_PATH` and the names of the two PCMs.

`python -m oyez_hw.virtual_card --dir DIR` runs one beside other programs.
"""

import argparse
import contextlib
import errno
import fcntl
import hashlib
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Literal

import numpy as np

from oyez_hw.boards import keep_record, scripted_room
from oyez_hw.convert import FORMATS
from oyez_hw.crossing import Ticker
from oyez_hw.pcm import PcmFormat, Samples
from oyez_hw.ports import HardwareError
from oyez_hw.room import Room
from oyez_hw.room_script import load_script
from oyez_hw.virtual_bus import VirtualBus

SOURCE = Path(__file__).parents[1] / "virtual_card" / "pcm_oyez_card.c"
MICROPHONE, LOUDSPEAKER = "oyez_microphone", "oyez_loudspeaker"
"""Names of the PCMs."""
PUMP_S = 0.004
LOOP_FRAMES = 1600
Gives = Literal["sound", "zeros", "loop"]
_SYSTEM_CONFIG = "/usr/share/alsa/alsa.conf"


def missing() -> str:
    """Why the card cannot be built on this machine; empty: it can."""
    if not SOURCE.exists():
        return "the plugin's source is not installed: use a clone of the repository"
    if shutil.which("gcc") is None:
        return "gcc is missing: install gcc and libasound2-dev"
    if not Path("/usr/include/alsa/pcm_external.h").exists():
        return "the headers of alsa-lib are missing: install libasound2-dev"
    return ""


def build(folder: Path) -> Path:
    """Compiles the plugin unless this very source was compiled there before. Raises HardwareError."""
    if reason := missing():
        raise HardwareError(f"the virtual ALSA card cannot be built: {reason}")
    digest = hashlib.sha256(SOURCE.read_bytes()).hexdigest()[:12]
    library = folder / f"libasound_module_pcm_oyez_card-{digest}.so"
    if library.exists():
        return library
    folder.mkdir(parents=True, exist_ok=True)
    unfinished = library.with_suffix(f".{os.getpid()}")
    command = ["gcc", "-O2", "-Wall", "-Wextra", "-shared", "-fPIC", "-DPIC"]
    command += ["-o", str(unfinished), str(SOURCE), "-lasound"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise HardwareError(f"the virtual ALSA card does not compile, see the compiler's words: {done.stderr}")
    unfinished.rename(library)  # at once: two test runs may build side by side
    return library


class VirtualCard:
    """Makes the card in `folder`: plugin, asound.conf, bus files. `start()` lets its Room sound."""

    def __init__(
        self,
        folder: Path,
        room: Room,
        *,
        format_name: str = "S16_LE",
        drift_ppm: float = 0.0,
        build_folder: Path | None = None,
    ) -> None:
        """`room.microphone` and `room.loudspeaker` are the formats of the card. Raises HardwareError."""
        if format_name not in FORMATS:
            raise ValueError(f"format_name is {format_name}; it must be one of {', '.join(FORMATS)}")
        folder.mkdir(parents=True, exist_ok=True)
        self.room = room
        self.config = folder / "asound.conf"
        self._drift_ppm = drift_ppm
        self._capture_drift_ppm = drift_ppm + room.settings.capture_drift_ppm
        self._microphone = _bus(folder / "microphone.bus", room.microphone, format_name)
        self._loudspeaker = _bus(folder / "loudspeaker.bus", room.loudspeaker, format_name)
        self.config.write_text(self._asound_conf(build(build_folder or folder)))
        self._capture = _CaptureRun()
        self._playback = _PlaybackRun()
        self._holding = contextlib.ExitStack()
        self._pump = Ticker(self._carry, PUMP_S, "oyez-virtual-card")

    @property
    def environment(self) -> dict[str, str]:
        """For the process that is to have this card."""
        return {"ALSA_CONFIG_PATH": f"{_SYSTEM_CONFIG}:{self.config}"}

    def start(self) -> None:
        self._pump.start()

    def stop(self) -> None:
        """Raises what ended the pump, if anything did."""
        self._pump.stop()
        self.release()
        if self._pump.error is not None:
            raise self._pump.error

    def unplug(self) -> None:
        """Every call on the card answers ENODEV from now on."""
        for bus in (self._microphone, self._loudspeaker):
            bus.set("fault", errno.ENODEV)

    def replug(self) -> None:
        for bus in (self._microphone, self._loudspeaker):
            bus.set("fault", 0)

    def force_capture_xrun(self) -> None:
        self._microphone.set("forced", self._microphone.get("forced") + 1)

    def force_playback_xrun(self) -> None:
        self._loudspeaker.set("forced", self._loudspeaker.get("forced") + 1)

    def suspend(self) -> None:
        """As after the machine has slept: what is open answers ESTRPIPE until it is prepared or opened anew."""
        for bus in (self._microphone, self._loudspeaker):
            bus.set("suspended", bus.get("suspended") + 1)

    def stall(self, on: bool) -> None:
        """Its clock stands: no sound moves, and who waits for some is not woken."""
        for bus in (self._microphone, self._loudspeaker):
            bus.set("stalled", time.monotonic_ns() if on else 0)
            if not on:
                bus.set("forced", bus.get("forced") + 1)

    def refuse(self, on: bool) -> None:
        """It can be opened and runs at no rate, as a driver in a bad state."""
        for bus in (self._microphone, self._loudspeaker):
            bus.set("refuses", int(on))

    def give(self, what: Gives) -> None:
        """What the microphone's side delivers from now on, in time as ever."""
        self._capture.gives = what

    def hold(self) -> None:
        """As another program does, as soon as nobody else has it. Blocks until then."""
        for bus in (self._microphone, self._loudspeaker):
            file = self._holding.enter_context(bus.path.open("rb"))
            fcntl.flock(file, fcntl.LOCK_EX)

    def release(self) -> None:
        """Idempotent."""
        self._holding.close()

    @property
    def xruns(self) -> tuple[int, int]:
        """Overruns of the microphone and underruns of the loudspeaker, as the card itself counts them."""
        return self._microphone.get("xruns"), self._loudspeaker.get("xruns")

    def _asound_conf(self, library: Path) -> str:
        parts = [f'pcm_type.oyez_card {{ lib "{library.absolute()}" }}\n']
        drifts = (self._capture_drift_ppm, self._drift_ppm)
        names = ((MICROPHONE, self._microphone), (LOUDSPEAKER, self._loudspeaker))
        for (name, bus), drift_ppm in zip(names, drifts, strict=True):
            parts.append(
                f'pcm.{name} {{ type oyez_card bus "{bus.path.absolute()}" channels {bus.channels} rate {bus.rate_hz} '
                f'format {bus.format_name} ring_frames {bus.ring_frames} ppm "{drift_ppm}" }}\n'
            )
        return "".join(parts)

    def _carry(self) -> None:
        """One turn of the pump: what was audible first, then what the microphones hear of it."""
        now_s = time.monotonic()
        self._playback.carry(self._loudspeaker, self.room, now_s, self._drift_ppm)
        self._capture.carry(self._microphone, self.room, now_s, self._capture_drift_ppm)


class _PlaybackRun:
    """Carries what the card made audible into the room, each run of the card at its place in room time."""

    def __init__(self) -> None:
        self._starts = 0
        self._taken = 0
        """Frame number up to which the room has it."""
        self._room_frame = 0
        """Room frame of frame number `_taken`."""

    def carry(self, bus: VirtualBus, room: Room, now_s: float, drift_ppm: float) -> None:
        starts, running, base, start_ns = (bus.get(word) for word in ("starts", "running", "base", "start_ns"))
        if starts != self._starts:
            self._take(bus, room, base)  # the end of the run before
            self._starts = starts
            self._taken = base
            self._room_frame = round((start_ns / 1e9 - room.epoch_s) * bus.rate_hz)
        if running and not bus.get("fault"):
            self._take(bus, room, min(base + bus.passed_frames(now_s, drift_ppm), bus.get("appl")))
        elif not running and self._starts == bus.get("starts"):
            self._take(bus, room, base)

    def _take(self, bus: VirtualBus, room: Room, until: int) -> None:
        frames = until - self._taken
        if frames > 0:
            room.play(self._room_frame, bus.read(self._taken, frames))
            self._taken += frames
            self._room_frame += frames


class _CaptureRun:
    """Fills the ring with what the room's microphones hear, as far as the card's clock has come."""

    def __init__(self) -> None:
        self._starts = 0
        self._room_frame = 0
        self.gives: Gives = "sound"
        self._loop: Samples | None = None

    def _broken(self, heard: Samples, at: int) -> Samples:
        """What the converter makes of it. `loop`: the tenth of a second in which it broke, over and over."""
        if self.gives == "zeros":
            return np.zeros_like(heard)
        if self.gives == "sound":
            self._loop = None
            return heard
        if self._loop is None:
            self._loop = np.resize(heard, (LOOP_FRAMES, heard.shape[1]))
        return self._loop[np.arange(at, at + len(heard)) % LOOP_FRAMES]

    def carry(self, bus: VirtualBus, room: Room, now_s: float, drift_ppm: float) -> None:
        starts, base, start_ns = (bus.get(word) for word in ("starts", "base", "start_ns"))
        if not bus.get("running") or bus.get("fault"):
            room.pass_by(
                int((now_s - room.epoch_s) * room.capture_hz)
            )  # who speaks now is not heard later as of before
            return
        if starts != self._starts:
            self._starts = starts
            self._room_frame = round((start_ns / 1e9 - room.epoch_s) * room.capture_hz)
            bus.set("produced", base)
        produced = bus.get("produced")
        frames = min(base + bus.passed_frames(now_s, drift_ppm) - produced, bus.ring_frames)
        if frames > 0:
            bus.write(produced, self._broken(room.hear(self._room_frame, frames), produced))
            self._room_frame += frames
            bus.set("produced", produced + frames)


def _bus(path: Path, pcm: PcmFormat, format_name: str) -> VirtualBus:
    return VirtualBus(path, pcm.rate_hz, pcm.channels, format_name)


def _arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m oyez_hw.virtual_card", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--dir", type=Path, required=True, help="folder for the card's files")
    parser.add_argument("--script", type=Path, help="room script, see docs/room.md")
    parser.add_argument("--capture-rate", type=int, default=16_000)
    parser.add_argument("--capture-channels", type=int, default=1)
    parser.add_argument("--playback-rate", type=int, default=48_000)
    parser.add_argument("--playback-channels", type=int, default=2)
    parser.add_argument("--format", choices=list(FORMATS), default="S16_LE")
    parser.add_argument("--ppm", type=float, default=0.0, help="how much too fast the card's clock runs")
    return parser


def main() -> int:
    """Runs until SIGTERM or SIGINT; the first line of output is the setting for the other program's environment."""
    asked = _arguments().parse_args()
    try:
        loaded = load_script(asked.script) if asked.script else None
        microphone = PcmFormat(asked.capture_rate, asked.capture_channels)
        loudspeaker = PcmFormat(asked.playback_rate, asked.playback_channels)
        room = scripted_room(microphone, loudspeaker, loaded, time.monotonic())
        card = VirtualCard(asked.dir, room, format_name=asked.format, drift_ppm=asked.ppm)
    except (HardwareError, ValueError) as error:
        print(f"oyez_hw.virtual_card: {error}", file=sys.stderr)
        return 78
    ends = {signal.SIGTERM, signal.SIGINT}
    signal.pthread_sigmask(signal.SIG_BLOCK, ends)
    card.start()
    print("\n".join(f"{name}={value}" for name, value in card.environment.items()), flush=True)
    signal.sigwait(ends)
    card.stop()
    if loaded is not None:
        keep_record(room, loaded)
    return 0


if __name__ == "__main__":
    sys.exit(main())
