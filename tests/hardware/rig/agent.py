"""Runs on the board under test: its card for who asks over a pipe. Sent there by ssh; needs oyez_hw and nothing else.

Each message is four bytes of length (big-endian) and msgpack. In: [name, arguments]. Out: {"value": ..., "xruns": n},
or {"error": sentence, "fault": kind}. One order at a time: who wants to hear and speak at once starts two of these.
"""

import os
import platform
import struct
import sys
from importlib.metadata import version
from pathlib import Path
from typing import Any, BinaryIO

import msgspec
import numpy as np

from oyez_hw import catalogue
from oyez_hw.alsa_microphone import AlsaMicrophone
from oyez_hw.alsa_speaker import AlsaSpeaker
from oyez_hw.board_settings import settings_for
from oyez_hw.duplex import play_and_record
from oyez_hw.pcm import PcmFormat, Samples
from oyez_hw.ports import HardwareError
from oyez_hw.probe import snapshot


class Card:
    """What can be asked of it: each method is an order."""

    def __init__(self) -> None:
        self._microphone = AlsaMicrophone("default", PcmFormat(16_000, 1))
        self._speaker = AlsaSpeaker("default", PcmFormat(48_000, 2))

    def xruns(self) -> list[int]:
        return [self._microphone.xruns, self._speaker.xruns]

    def hello(self) -> dict[str, str]:
        return {"serial": _serial(), "version": version("oyez"), "kernel": platform.release()}

    def choose(self, board: str, devices: list[str], formats: list[list[int] | None]) -> list[Any]:
        """board: of the catalogue, or a name of one's own. devices, formats: of microphone and loudspeaker, empty or
        null: as the catalogue says. Returns what will be used of each."""
        said = settings_for(board, snapshot()) if board == "auto" or board in catalogue.known() else {}
        used: list[Any] = []
        for part, device, wish in zip(("capture", "playback"), devices, formats, strict=True):
            named = device or str(said.get(f"{part}_device", ""))
            if not named:
                raise HardwareError(f"--board {board} is not in the catalogue: give --{part}-device")
            figures = [said.get(f"{part}_{what}") for what in ("rate_hz", "channels", "width_bits")]
            usual = [16_000, 1, 16] if part == "capture" else [48_000, 2, 16]
            used.append([named, wish or (figures if None not in figures else usual)])
        self._microphone = AlsaMicrophone(used[0][0], PcmFormat(*used[0][1]))
        self._speaker = AlsaSpeaker(used[1][0], PcmFormat(*used[1][1]))
        return used

    def listen(self) -> list[int]:
        return _plain(self._microphone.open())

    def read(self) -> list[Any]:
        frame = self._microphone.read()
        return [_bytes(frame.samples), frame.samples.shape[1], frame.rate_hz, frame.time_s]

    def deafen(self) -> None:
        self._microphone.close()

    def speak(self) -> list[int]:
        return _plain(self._speaker.open())

    def write(self, sound: bytes, channels: int) -> None:
        self._speaker.write(_samples(sound, channels))

    def delay(self) -> int:
        return self._speaker.delay_frames()

    def drop(self) -> int:
        return self._speaker.drop()

    def silence(self) -> None:
        self._speaker.close()

    def take(self, sound: bytes, channels: int, after_s: float) -> dict[str, Any]:
        """Plays and hears at once, here, where no network comes between."""
        taken = play_and_record(self._microphone, self._speaker, lambda card: _samples(sound, channels), after_s)
        return {
            "heard": _bytes(taken.heard),
            "channels": taken.heard.shape[1],
            "capture_hz": taken.capture_hz,
            "playback_hz": taken.playback_hz,
            "captured": taken.captured.tolist(),
            "written": taken.written.tolist(),
            "sound_start": taken.sound_start,
            "capture_breaks": list(taken.capture_breaks),
            "playback_breaks": list(taken.playback_breaks),
        }


def _plain(pcm: PcmFormat) -> list[int]:
    return [pcm.rate_hz, pcm.channels, pcm.width_bits]


def _bytes(samples: Samples) -> bytes:
    return samples.astype("<i2").tobytes()


def _samples(sound: bytes, channels: int) -> Samples:
    return np.frombuffer(sound, "<i2").astype(np.int16).reshape(-1, channels)


def _serial() -> str:
    """Of the Pi; empty: it is none."""
    path = Path("/proc/device-tree/serial-number")
    return path.read_text().strip("\0\n") if path.exists() else ""


def serve(orders: BinaryIO, answers: BinaryIO) -> None:
    """Until the pipe is closed."""
    card = Card()
    while len(head := orders.read(4)) == 4:
        name, arguments = msgspec.msgpack.decode(orders.read(struct.unpack(">I", head)[0]))
        try:
            said: dict[str, Any] = {"value": getattr(card, name)(*arguments), "xruns": card.xruns()}
        except HardwareError as error:
            said = {"error": str(error), "fault": error.fault.value, "xruns": card.xruns()}
        text = msgspec.msgpack.encode(said)
        answers.write(struct.pack(">I", len(text)) + text)
        answers.flush()


if __name__ == "__main__":
    own = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a library prints must not tear the messages
    serve(sys.stdin.buffer, own)
