"""`oyez-hw record`, `play` and `levels`."""

import argparse
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import soxr

from oyez_hw.commands.cards import LISTENED_S, add_loudspeaker, add_microphone, open_cards, seconds_up_to
from oyez_hw.commands.progress import Progress
from oyez_hw.levels import FLOOR_DBFS
from oyez_hw.pcm import PcmFormat, Samples
from oyez_hw.peak_hold import PeakHold
from oyez_hw.wav import read_wav, wav_writer

SHOWN_S = 0.1


def add_record(command: argparse.ArgumentParser) -> None:
    command.add_argument("file", type=Path, metavar="FILE.wav")
    add_microphone(command)
    command.add_argument("--seconds", type=seconds_up_to(LISTENED_S), default=5.0, help="0: until Ctrl-C")


def add_levels(command: argparse.ArgumentParser) -> None:
    add_microphone(command)
    command.add_argument("--seconds", type=seconds_up_to(LISTENED_S), default=0.0, help="0: until Ctrl-C")


def add_play(command: argparse.ArgumentParser) -> None:
    command.add_argument("file", type=Path, metavar="FILE.wav")
    add_loudspeaker(command)


def record(asked: argparse.Namespace) -> dict[str, Any]:
    """Every channel to one file, with a meter of each. Raises HardwareError, OSError."""
    microphone = open_cards(asked).microphone
    got = microphone.open()
    meters, wanted = _Meters(got), round(asked.seconds * got.rate_hz)
    power, frames = np.zeros(got.channels), 0
    try:
        with wav_writer(asked.file, got.channels, got.rate_hz) as file:
            while not wanted or frames < wanted:
                samples = (
                    microphone.read().samples[: (wanted - frames) or None] if wanted else microphone.read().samples
                )
                file.writeframes(samples.astype("<i2").tobytes())
                frames += len(samples)
                power += np.square(samples.astype(np.float64) / 32768).sum(axis=0)
                meters.hear(samples)
    except KeyboardInterrupt:
        pass  # what was recorded is kept
    finally:
        microphone.close()
        meters.end()
    if not asked.json:
        print(f"{asked.file}: {frames / got.rate_hz:.2f} s, {got}, {microphone.xruns} overrun(s)")
    dbfs = 10 * np.log10(np.maximum(power / max(1, frames), 10 ** (FLOOR_DBFS / 10)))
    return {
        **_said(got, microphone.xruns),
        "seconds": frames / got.rate_hz,
        "dbfs": [float(one) for one in dbfs],
        **meters.figures(),
    }


def play(asked: argparse.Namespace) -> dict[str, Any]:
    samples, rate_hz = read_wav(asked.file)
    speaker = open_cards(asked, playback_rate_hz=rate_hz, playback_channels=samples.shape[1]).speaker
    got = speaker.open()
    progress = Progress(f"playing {asked.file}", len(samples) / rate_hz)
    try:
        sound = _fitted(samples, rate_hz, got)
        for start in range(0, len(sound), got.rate_hz // 50):
            speaker.write(sound[start : start + got.rate_hz // 50])
            progress.show(start / len(sound))
        time.sleep(speaker.delay_frames() / got.rate_hz)  # close() drops what is not audible yet
    except KeyboardInterrupt:
        pass  # enough was heard
    finally:
        speaker.close()
        progress.end()
    if not asked.json:
        print(f"{asked.file}: played {len(sound) / got.rate_hz:.2f} s, {got}, {speaker.xruns} underrun(s)")
    return {**_said(got, speaker.xruns), "seconds": len(sound) / got.rate_hz}


def levels(asked: argparse.Namespace) -> dict[str, Any]:
    """Meters ten times a second until `--seconds` or Ctrl-C."""
    microphone = open_cards(asked).microphone
    got = microphone.open()
    meters = _Meters(got)
    ends_s = time.monotonic() + asked.seconds if asked.seconds else float("inf")
    try:
        while time.monotonic() < ends_s:
            meters.hear(microphone.read().samples)
    except KeyboardInterrupt:
        pass  # the usual way to end it
    finally:
        microphone.close()
        meters.end()
    if not asked.json and not meters.live:
        print("\n".join(meters.lines()))
    return {**_said(got, microphone.xruns), **meters.figures()}


class _Meters:
    """Drawn over themselves on a terminal; elsewhere only counted."""

    def __init__(self, got: PcmFormat) -> None:
        self._rate_hz, self._hold = got.rate_hz, PeakHold(got.channels)
        self._gathered: list[Samples] = []
        self._frames, self._drawn = 0, False
        self.live = sys.stderr.isatty()

    def hear(self, samples: Samples) -> None:
        self._gathered.append(samples)
        if sum(map(len, self._gathered)) >= SHOWN_S * self._rate_hz:
            self._take()

    def lines(self) -> list[str]:
        return self._hold.lines()

    def figures(self) -> dict[str, Any]:
        return {"loudest_dbfs": self._hold.loudest_dbfs, "clipped": [bool(one) for one in self._hold.clipped_periods]}

    def end(self) -> None:
        if self._gathered:
            self._take()

    def _take(self) -> None:
        samples = np.concatenate(self._gathered)
        self._gathered = []
        self._frames += len(samples)
        if len(samples):
            self._hold.hear(samples, self._frames / self._rate_hz)
        if self.live:
            up = f"\x1b[{len(self.lines())}F" if self._drawn else ""
            print(up + "\n".join(f"\x1b[2K{line}" for line in self.lines()), file=sys.stderr, flush=True)
            self._drawn = True


def _said(got: PcmFormat, xruns: int) -> dict[str, Any]:
    return {"rate_hz": got.rate_hz, "channels": got.channels, "width_bits": got.width_bits, "xruns": xruns}


def _fitted(samples: Samples, rate_hz: int, card: PcmFormat) -> Samples:
    """At the card's rate and channels: as they are where they fit, else their mean on each."""
    if samples.shape[1] != card.channels:
        mean = samples.mean(axis=1, keepdims=True).round().astype(np.int16)
        samples = np.repeat(mean, card.channels, axis=1)
    if rate_hz == card.rate_hz:
        return samples
    return np.asarray(soxr.resample(samples, rate_hz, card.rate_hz), np.int16)
