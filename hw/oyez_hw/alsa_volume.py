"""The volume of a card that has a mixer element for it."""

import math
from typing import Any, Protocol

from oyez_hw.alsa_pcm import alsa
from oyez_hw.ports import HardwareError


class MixerElement(Protocol):
    """What of alsaaudio.Mixer is used."""

    def getvolume(self, *, units: int) -> list[int]: ...
    def setvolume(self, volume: int, *, units: int) -> None: ...
    def getrange(self, *, units: int) -> list[int]: ...


def mixer_device(pcm_name: str) -> str:
    """The mixer's name for a PCM's: `plughw:CARD=Device,DEV=0` and `hw:Device,0` are on `hw:Device`."""
    _, colon, rest = pcm_name.partition(":")
    card = rest.split(",")[0].removeprefix("CARD=")
    return f"hw:{card}" if colon and card else "default"


def open_mixer(control: str, pcm_name: str) -> MixerElement:
    """Raises HardwareError that lists the elements there are."""
    module = alsa()
    device = mixer_device(pcm_name)
    try:
        mixer: MixerElement = module.Mixer(control=control, device=device)
    except module.ALSAAudioError as error:
        raise HardwareError(
            f"the card {device} has no mixer element {control} ({error}): set board.mixer_control to one of "
            f"[{_elements(module, device)}], or to nothing for volume in software"
        ) from error
    return mixer


def _elements(module: Any, device: str) -> str:
    try:
        return ", ".join(module.mixers(device=device))
    except module.ALSAAudioError:
        return ""


class AlsaVolume:
    """In decibels where the element knows them, by alsamixer's curve, which follows the ear; in percent where not."""

    def __init__(self, mixer: MixerElement) -> None:
        self._mixer = mixer
        module = alsa()
        self._error: type[Exception] = module.ALSAAudioError
        self._db_units, self._percent_units = module.VOLUME_UNITS_DB, module.VOLUME_UNITS_PERCENTAGE
        self._range_cdb = self._decibels()

    def get(self) -> float:
        try:
            if self._range_cdb is None:
                return self._mixer.getvolume(units=self._percent_units)[0] / 100
            return level_of_cdb(self._mixer.getvolume(units=self._db_units)[0], self._range_cdb)
        except self._error as error:
            raise HardwareError(f"the mixer does not answer ({error}): the card was unplugged or failed") from error

    def set(self, level: float) -> None:
        if not 0.0 <= level <= 1.0:
            raise ValueError(f"volume is {level}; it must be 0 (silent) to 1 (loudest)")
        try:
            if self._range_cdb is None:
                self._mixer.setvolume(round(level * 100), units=self._percent_units)
            else:
                self._mixer.setvolume(cdb_of_level(level, self._range_cdb), units=self._db_units)
        except self._error as error:
            raise HardwareError(f"the mixer does not answer ({error}): the card was unplugged or failed") from error

    def _decibels(self) -> tuple[int, int] | None:
        """(lowest, highest) in 1/100 dB. None where the driver tells none or nonsense, as some do."""
        try:
            lowest, highest = self._mixer.getrange(units=self._db_units)
        except (self._error, ValueError):
            return None
        return (lowest, highest) if 300 <= highest - lowest <= 20_000 else None


def level_of_cdb(cdb: int, range_cdb: tuple[int, int]) -> float:
    """alsamixer's curve: 60 dB of range make a factor of ten in what the ear calls loudness."""
    lowest, highest = range_cdb
    floor = 10 ** ((lowest - highest) / 6000)
    level = (10 ** ((cdb - highest) / 6000) - floor) / (1 - floor)
    return min(1.0, max(0.0, level))


def cdb_of_level(level: float, range_cdb: tuple[int, int]) -> int:
    lowest, highest = range_cdb
    floor = 10 ** ((lowest - highest) / 6000)
    return round(6000 * math.log10(level * (1 - floor) + floor)) + highest
