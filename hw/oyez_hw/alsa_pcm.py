"""Opening an ALSA PCM over pyalsaaudio, and saying in a sentence why it could not be.

pyalsaaudio replaces what the card does not offer without a word, so `info()` is always asked what was got. Its errors
carry no errno, only the C library's text for it.
"""

import errno
import importlib
import math
import os
from dataclasses import dataclass
from typing import Any, Literal

from oyez_hw.card_holder import holder
from oyez_hw.convert import FORMATS
from oyez_hw.faults import Fault
from oyez_hw.pcm import PcmFormat
from oyez_hw.ports import HardwareError
from oyez_hw.probe import located

Direction = Literal["capture", "playback"]
XRUN = -errno.EPIPE
_KNOWN = (
    errno.EBUSY,
    errno.ECONNREFUSED,
    errno.ENOENT,
    errno.ENODEV,
    errno.ENXIO,
    errno.EACCES,
    errno.EPERM,
    errno.EINVAL,
    errno.ESTRPIPE,
)
_PART = {"capture": "microphone", "playback": "loudspeaker"}


@dataclass(frozen=True, slots=True)
class OpenPcm:
    pcm: Any
    """alsaaudio.PCM: the package has no types."""
    format: PcmFormat
    format_name: str
    period_frames: int
    buffer_frames: int


@dataclass(frozen=True, slots=True)
class _Ask:
    rate_hz: int
    channels: int
    format_name: str


def alsa() -> Any:
    """The module alsaaudio. Raises HardwareError when it is not installed."""
    try:
        return importlib.import_module("alsaaudio")
    except ImportError as error:
        raise HardwareError(
            f"pyalsaaudio cannot be imported ({error}), so no ALSA card can be used: install the project with its "
            f"extra `board` (it needs libasound2-dev and gcc), or set board.name to simulated"
        ) from error


def open_pcm(direction: Direction, device: str, wish: PcmFormat, period_ms: float, buffer_ms: float) -> OpenPcm:
    """Opens with the wish, or with what the card offers in its place. Raises HardwareError."""
    ask = _Ask(wish.rate_hz, wish.channels, _format_of_width(wish.width_bits))
    for _ in range(3):  # each answer is asked for in turn, so that the period is right at the card's own rate
        opened = _open_once(direction, device, ask, period_ms, buffer_ms)
        got = _Ask(opened.format.rate_hz, opened.format.channels, opened.format_name)
        if got == ask:
            break
        opened.pcm.close()
        ask = got
    else:
        opened = _open_once(direction, device, ask, period_ms, buffer_ms)
    return opened


def failure(direction: Direction, device: str, error: Exception) -> HardwareError:
    """The sentence for what alsaaudio raised."""
    part = _PART[direction]
    setting = f"board.{direction}_device"
    number = _errno_of(error)
    if number == errno.EBUSY:
        who = holder(device, direction)
        stop = "stop it" if who else "stop that one (`fuser -v /dev/snd/*` names it)"
        return HardwareError(
            f"the {part} {device} is in use by {who or 'another program'}: {stop}, or set {setting} to another card",
            Fault.BUSY,
        )
    if number in (errno.ENOENT, errno.ENODEV, errno.ENXIO):
        return HardwareError(
            f"there is no {part} {device} ({error}): plug the card in, or set {setting} to a name that "
            f"`oyez-hw list` prints",
            Fault.ABSENT,
        )
    if number == errno.ECONNREFUSED:
        return HardwareError(
            f"the sound server behind the {part} {device} does not answer ({error}): start it; it is tried again by "
            f"itself",
            Fault.ABSENT,
        )
    if number in (errno.EACCES, errno.EPERM):
        return HardwareError(
            f"the {part} {device} may not be opened ({error}): add the user to the group audio", Fault.REFUSED
        )
    if number == errno.EINVAL:
        return HardwareError(
            f"the {part} {device} does not run as it was asked to ({error}): set board.{direction}_rate_hz and "
            f"board.{direction}_channels to what `oyez-hw list` prints for it",
            Fault.REFUSED,
        )
    return HardwareError(f"the {part} {device} failed ({error}): check the card, or set {setting} to another one")


def vanished(direction: Direction, device: str, error: object) -> HardwareError:
    part = _PART[direction]
    number = _errno_of(error)
    if number == errno.ESTRPIPE:
        return HardwareError(f"the {part} {device} was suspended ({error}): it is opened again by itself")
    return HardwareError(
        f"the {part} {device} is gone ({error}): it was unplugged or its driver failed; "
        f"plug it in again, it is opened again by itself",
        Fault.ABSENT if number in (errno.ENODEV, errno.ENXIO) else Fault.FAILED,
    )


def _open_once(direction: Direction, device: str, ask: _Ask, period_ms: float, buffer_ms: float) -> OpenPcm:
    module = alsa()
    try:
        pcm = module.PCM(
            type=module.PCM_CAPTURE if direction == "capture" else module.PCM_PLAYBACK,
            mode=module.PCM_NORMAL,
            device=located(device),
            rate=ask.rate_hz,
            channels=ask.channels,
            format=getattr(module, f"PCM_FORMAT_{ask.format_name}"),
            periodsize=max(1, round(ask.rate_hz * period_ms / 1000)),
            periods=max(2, math.ceil(buffer_ms / period_ms)),
        )
    except module.ALSAAudioError as error:
        raise failure(direction, device, error) from error
    info = pcm.info()
    name = info["format_name"]
    if name not in FORMATS:
        name = _convertible(direction, device, pcm, name)
    try:
        got = PcmFormat(info["rate"], info["channels"], FORMATS[name][0])
    except ValueError as error:
        pcm.close()
        raise HardwareError(
            f"the {_PART[direction]} {device} was asked for {ask.rate_hz} Hz, {ask.channels} channel(s) and answered "
            f"with what cannot be ({error}): set board.{direction}_rate_hz and board.{direction}_channels to what "
            f"`oyez-hw list` prints for it"
        ) from error
    return OpenPcm(pcm, got, name, info["period_size"], info["buffer_size"])


def _convertible(direction: Direction, device: str, pcm: Any, answered: str) -> str:
    """A format that both the card and convert.py know."""
    offered = list(pcm.getformats())
    for name in FORMATS:
        if name in offered:
            return name
    pcm.close()
    raise HardwareError(
        f"the {_PART[direction]} {device} answered with {answered} and offers only {', '.join(offered)}; "
        f"{', '.join(FORMATS)} can be used: put `plughw:` in place of `hw:` in board.{direction}_device"
    )


def _format_of_width(width_bits: int) -> str:
    return next(name for name, (bits, _) in FORMATS.items() if bits == width_bits)


def _errno_of(error: object) -> int | None:
    """alsaaudio's message begins with strerror's text."""
    return next((number for number in _KNOWN if str(error).startswith(os.strerror(number))), None)
