"""What a bench machine does to the board: its commands, its mouth, and what it can be asked."""

import subprocess
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import soxr

from oyez_hw.acoustics import active_dbfs, amplitude
from oyez_hw.alsa_speaker import AlsaSpeaker
from oyez_hw.crossing import Worker
from oyez_hw.pcm import PcmFormat, Samples
from oyez_hw.ports import HardwareError
from tests.hardware.rig.remote import ssh_command
from tests.hardware.rig.rig_file import Mouth, Rig, RigError, Ssh, parse

COMMAND_S = 120.0
BACK_S = 30.0
"""A USB card that was plugged in is to be found within this."""
LOOK_S = 0.5
HIGHEST = 0.98


def read_rig(path: Path | None) -> Rig:
    """None: nothing stands around the board. Raises RigError with every mistake, files that are not there included."""
    if path is None:
        return Rig()
    try:
        rig = parse(path.read_text(encoding="utf-8-sig"), str(path))
    except OSError as error:
        raise RigError([f"{path} could not be read ({error.strerror}): name another file with --rig."]) from None
    except UnicodeDecodeError:
        raise RigError([f"{path} is no UTF-8 text: save it as UTF-8."]) from None
    files = [("ssh.key", rig.ssh.key if rig.ssh else ""), ("broker.password_file", _password_file(rig))]
    lost = [(key, name) for key, name in files if name and not Path(name).is_file()]
    if lost:
        raise RigError([f"{path}: {key} is {name}, and no such file is there: correct it." for key, name in lost])
    return rig


def _password_file(rig: Rig) -> str:
    return rig.broker.password_file if rig.broker else ""


def command(words: Sequence[str]) -> str:
    """What it printed. Raises HardwareError: it could not be run, or failed."""
    try:
        done = subprocess.run(words, capture_output=True, text=True, timeout=COMMAND_S, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise HardwareError(f"{words[0]} of the rig could not be run: {error}") from error
    if done.returncode:
        raise HardwareError(f"{words[0]} of the rig failed ({done.returncode}): {done.stderr.strip() or done.stdout}")
    return done.stdout


def on_board(ssh: Ssh | None, words: Sequence[str]) -> str:
    """The same on the board under test."""
    return command(ssh_command(ssh, words) if ssh is not None else words)


def until(holds: Callable[[], bool], within_s: float, what: str) -> float:
    """How long it took, in s. Asks again and again: no cable tells that it was plugged in. Raises HardwareError."""
    began_s = time.monotonic()
    while not holds():
        if time.monotonic() - began_s > within_s:
            raise HardwareError(f"{what} did not come within {within_s:g} s")
        time.sleep(LOOK_S)
    return time.monotonic() - began_s


def opens(open_it: Callable[[], object], close: Callable[[], None]) -> bool:
    try:
        open_it()
    except HardwareError:
        return False
    close()
    return True


class AlsaMouth:
    """Speaks for people through a loudspeaker of this machine; one sound at a time, the newest wins."""

    def __init__(self, mouth: Mouth) -> None:
        self._speaker = AlsaSpeaker(mouth.device, PcmFormat(mouth.rate_hz, mouth.channels))
        self._worker: Worker | None = None
        self._ending = False
        self.error: HardwareError | None = None

    def __call__(self, sound: Samples, rate_hz: int, level_dbfs: float) -> None:
        """Raises HardwareError: the mouth failed when it last spoke."""
        self.quiet()
        if self.error is not None:
            raise self.error
        card = self._speaker.open()
        mono = levelled(sound, rate_hz, card.rate_hz, level_dbfs)
        whole = np.repeat(np.rint(mono * 32_767).astype(np.int16)[:, None], card.channels, axis=1)
        self._ending = False
        self._worker = Worker(lambda: self._play(whole, card.rate_hz), "bench-mouth")

    def quiet(self) -> None:
        """Idempotent."""
        worker, self._worker, self._ending = self._worker, None, True
        if worker is not None:
            worker.join()
        self._speaker.close()

    def _play(self, sound: Samples, rate_hz: int) -> None:
        step = rate_hz // 50
        silence = np.zeros((rate_hz // 5, sound.shape[1]), np.int16)  # so that the end is not left in the buffer
        whole = np.concatenate([sound, silence])
        try:
            for at in range(0, len(whole), step):
                if self._ending:
                    return
                self._speaker.write(whole[at : at + step])
        except HardwareError as error:
            self.error = error


def levelled(sound: Samples, from_hz: int, to_hz: int, level_dbfs: float) -> np.ndarray:
    """(n,) of full scale 1.0, its spoken part with this RMS. Raises ValueError: it would clip."""
    mono = np.asarray(soxr.resample(sound.astype(np.float32) / 32_768, from_hz, to_hz), np.float32)
    made = mono * np.float32(amplitude(level_dbfs - active_dbfs(mono, to_hz)))
    if float(np.abs(made).max(initial=0.0)) > HIGHEST:
        raise ValueError(f"speech at {level_dbfs:.1f} dBFS clips: turn the mouth's amplifier up, and calibrate it anew")
    return made
