"""oyez-hw: the board alone, no conversation. Exit codes: 0 well, 1 the card failed, 2 usage, 78 set-up is missing."""

import argparse
import json
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import soxr

from oyez_hw.alsa_microphone import AlsaMicrophone
from oyez_hw.alsa_pcm import alsa
from oyez_hw.alsa_speaker import AlsaSpeaker
from oyez_hw.levels import level_dbfs, meter
from oyez_hw.pcm import PcmFormat, Samples
from oyez_hw.ports import HardwareError
from oyez_hw.wav import read_wav, write_wav


def list_cards(asked: argparse.Namespace) -> dict[str, Any]:
    module = alsa()
    found: dict[str, Any] = {
        "cards": [" ".join(module.card_name(index)) for index in module.card_indexes()],
        "capture": module.pcms(pcmtype=module.PCM_CAPTURE),
        "playback": module.pcms(pcmtype=module.PCM_PLAYBACK),
    }
    if not asked.json:
        for part, names in found.items():
            print(f"{part}:", *(names or ["(none)"]), sep="\n  ")
    return found


def record(asked: argparse.Namespace) -> dict[str, Any]:
    microphone = AlsaMicrophone(asked.device, PcmFormat(asked.rate, asked.channels))
    got = microphone.open()
    try:
        periods: list[Samples] = []
        while sum(map(len, periods)) < asked.seconds * got.rate_hz:
            periods.append(microphone.read().samples)
    finally:
        microphone.close()
    samples = np.concatenate(periods)[: round(asked.seconds * got.rate_hz)]
    write_wav(asked.file, samples, got.rate_hz)
    if not asked.json:
        print(f"{asked.file}: {len(samples) / got.rate_hz:.2f} s, {got}, {microphone.xruns} overrun(s)")
    return {**_said(got, microphone.xruns), "seconds": len(samples) / got.rate_hz, "dbfs": level_dbfs(samples)}


def play(asked: argparse.Namespace) -> dict[str, Any]:
    samples, rate_hz = read_wav(asked.file)
    speaker = AlsaSpeaker(asked.device, PcmFormat(asked.rate or rate_hz, asked.channels or samples.shape[1]))
    got = speaker.open()
    try:
        sound = _fitted(samples, rate_hz, got)
        for start in range(0, len(sound), got.rate_hz // 50):
            speaker.write(sound[start : start + got.rate_hz // 50])
        time.sleep(speaker.delay_frames() / got.rate_hz)  # close() drops what is not audible yet
    finally:
        speaker.close()
    if not asked.json:
        print(f"{asked.file}: played {len(sound) / got.rate_hz:.2f} s, {got}, {speaker.xruns} underrun(s)")
    return {**_said(got, speaker.xruns), "seconds": len(sound) / got.rate_hz}


def levels(asked: argparse.Namespace) -> dict[str, Any]:
    """A line ten times a second until `--seconds` or Ctrl-C."""
    microphone = AlsaMicrophone(asked.device, PcmFormat(asked.rate, asked.channels), period_ms=100)
    got = microphone.open()
    loudest = np.full(got.channels, -np.inf)
    ends_s = time.monotonic() + asked.seconds if asked.seconds else float("inf")
    try:
        while time.monotonic() < ends_s:
            now = np.asarray(level_dbfs(microphone.read().samples))
            loudest = np.maximum(loudest, now)
            if not asked.json:
                print("\r" + "  ".join(meter(level) for level in now), end="", flush=True)
    except KeyboardInterrupt:
        pass  # the usual way to end it
    finally:
        microphone.close()
        if not asked.json:
            print()
    return {**_said(got, microphone.xruns), "loudest_dbfs": [max(-120.0, float(level)) for level in loudest]}


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


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="oyez-hw", description="The board alone: its cards, microphone, loudspeaker.")
    commands = parser.add_subparsers(dest="command", required=True)
    _command(commands, "list", list_cards, "cards and the names of their PCMs")
    for name, run, text in (
        ("record", record, "microphone to WAV"),
        ("levels", levels, "live level of each microphone"),
    ):
        command = _command(commands, name, run, text)
        if name == "record":
            command.add_argument("file", type=Path, metavar="FILE.wav")
        _card(command, rate_hz=16_000, channels=1)
        command.add_argument("--seconds", type=float, default=5.0 if name == "record" else 0.0, help="0: until Ctrl-C")
    command = _command(commands, "play", play, "WAV to loudspeaker")
    command.add_argument("file", type=Path, metavar="FILE.wav")
    _card(command, rate_hz=0, channels=0)
    return parser


def _command(commands: Any, name: str, run: Any, text: str) -> argparse.ArgumentParser:
    command: argparse.ArgumentParser = commands.add_parser(name, help=text, description=text)
    command.set_defaults(run=run)
    command.add_argument("--json", action="store_true", help="one JSON object, and nothing else")
    return command


def _card(command: argparse.ArgumentParser, rate_hz: int, channels: int) -> None:
    command.add_argument("--device", default="default", help="as `oyez-hw list` prints it")
    command.add_argument("--rate", type=int, default=rate_hz, help="Hz to ask for; 0: the file's")
    command.add_argument("--channels", type=int, default=channels, help="to ask for; 0: the file's")


def main(argv: list[str] | None = None) -> int:
    parser = _parser()
    asked = parser.parse_args(argv)
    if asked.command == "record" and asked.seconds <= 0:
        parser.error("--seconds must be more than 0")
    try:
        alsa()
    except HardwareError as error:
        print(f"oyez-hw: {error}", file=sys.stderr)
        return 78
    try:
        said = asked.run(asked)
    except (HardwareError, OSError, ValueError) as error:
        print(f"oyez-hw: {error}", file=sys.stderr)
        return 2 if isinstance(error, ValueError) else 1
    if asked.json:
        print(json.dumps(said))
    return 0


if __name__ == "__main__":
    sys.exit(main())
