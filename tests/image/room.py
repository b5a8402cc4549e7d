"""The room that a device under QEMU stands in: snd-aloop, the kernel's loop-back card, as microphone and loudspeaker.

What is laid at `SAID` is spoken once; else the room hisses. All of it comes to the device by `debug.env` on its boot
partition (image/boot/boot.cmd), the same way on every slot: the kernel is told to load the card, systemd is given the
unit that plays. Nothing of the image is changed.

    microphone:  played to hw:Loopback,0,0, captured by the daemon from hw:Loopback,1,0
    loudspeaker: played by the daemon to hw:Loopback,1,1, captured from hw:Loopback,0,1
"""

import base64
from pathlib import PurePosixPath

import numpy as np
import numpy.typing as npt

Mono = npt.NDArray[np.int16]

RATE_HZ = 16_000
HISS_S = 4.0
"""One piece of it: what is said begins after this at the latest, and what the pipe holds."""
PIPE_BYTES = 4096
HISS = "hiss.raw"
"""On the boot partition."""
SAID = "/run/room/said.raw"
BOARD = """
[board]
name = "alsa"
capture_device = "hw:Loopback,1,0"
playback_device = "hw:Loopback,1,1"
zeros_s = 20.0
"""
"""What oyez.toml says of it."""
LOUDSPEAKER_RATE_HZ = 48_000
LISTEN = f"arecord -q -t raw -D hw:Loopback,0,1 -f S16_LE -r {LOUDSPEAKER_RATE_HZ} -c 2"
"""What the loudspeaker plays, from now on: arecord, without -d and a file."""
# `|| exit`: a card that was closed under aplay ends it, and all begins anew a second later.
PLAY = f"""
cd /run/room
while :; do
if mv said.raw now.raw 2>/dev/null; then cat now.raw; else cat /boot/firmware/{HISS}; fi || exit
done | aplay -q -t raw -f S16_LE -r {RATE_HZ} -c 1 --buffer-time=200000 -D hw:Loopback,0,0
"""
UNIT = f"""[Unit]
DefaultDependencies=no
RequiresMountsFor=/boot/firmware
After=systemd-modules-load.service
[Service]
RuntimeDirectory=room
IgnoreSIGPIPE=no
Nice=-15
Restart=always
RestartSec=1
ExecStart=/bin/sh -c '{PLAY.strip().replace(chr(10), "; ").replace("do;", "do")}'
"""


PATIENCE = """[Service]
WatchdogSec=180
TimeoutStartSec=600
"""
"""For the daemon: beside others that are busy an emulated processor is slower than any board, and stands still for
seconds. That the watchdog bites in its own time is for `make test-system` to show."""


def hiss(seconds: float = HISS_S, level_dbfs: float = -60.0) -> Mono:
    """A quiet room's, the same each time."""
    loudness = 32_768 * 10 ** (level_dbfs / 20)
    noise = np.random.default_rng(7).normal(0.0, loudness, round(seconds * RATE_HZ))
    return np.clip(noise, -32_768, 32_767).astype(np.int16)


def files() -> dict[str, str | bytes]:
    """For the boot partition."""
    card = "modules_load=snd-aloop snd_aloop.index=0 snd_aloop.pcm_substreams=2"
    return {**arguments(card, _unit("extra-unit.room.service", UNIT), "systemd.wants=room.service"),
            HISS: hiss().tobytes()}  # fmt: skip


def arguments(*more: str) -> dict[str, str | bytes]:
    """For the boot partition of a device without a room: what an emulated kernel is told, and more."""
    words = (
        *more,
        _unit("unit-dropin.oyez.service", PATIENCE),
        # So that the console tells whole names, and not the halves of descriptions.
        "systemd.status_unit_format=name systemd.log_color=0",
        "systemd.default_device_timeout_sec=400 systemd.default_timeout_start_sec=400",
    )
    return {"debug.env": f"kernel_arguments={' '.join(words)}\n"}


def _unit(name: str, text: str) -> str:
    return f"systemd.set_credential_binary=systemd.{name}:{base64.b64encode(text.encode()).decode()}"


def at_room_rate(sound: Mono, rate_hz: int) -> Mono:
    """Good enough for speech that a machine made."""
    moments = np.arange(0, len(sound), rate_hz / RATE_HZ)
    resampled: Mono = np.interp(moments, np.arange(len(sound)), sound).astype(np.int16)
    return resampled


def said(*parts: Mono) -> bytes:
    """As it is to be laid at SAID: with the room's hiss under it, and a moment of it before."""
    whole = np.concatenate([np.zeros(RATE_HZ // 4, np.int16), *parts]).astype(np.int32)
    mixed: Mono = np.clip(whole + hiss(len(whole) / RATE_HZ)[: len(whole)], -32_768, 32_767).astype(np.int16)
    return mixed.tobytes()


def sounding_s(rate_hz: int, channels: int, recording: bytes, floor: int = 100) -> float:
    """Of what a loudspeaker played, 16 bits: seconds in which anything sounds."""
    samples = np.frombuffer(recording[: len(recording) // 2 * 2], np.int16).astype(np.int32)
    piece = channels * rate_hz // 50
    pieces = np.abs(samples[: len(samples) // piece * piece])
    return float((pieces.reshape(-1, piece).max(axis=1) > floor).sum()) / 50


def place_of(name: str) -> str:
    """Of a sentence that ships, on the device."""
    return str(PurePosixPath("/usr/share/oyez/spoken") / f"{name}.wav")
