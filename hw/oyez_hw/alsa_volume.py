"""The volume of a card that has a mixer element for it."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

from oyez_hw.alsa_pcm import alsa
from oyez_hw.ports import HardwareError
from oyez_hw.probe import located

T = TypeVar("T")


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
    """Raises HardwareError: the card is away, or it is there and has no such element."""
    module = alsa()
    device = mixer_device(located(pcm_name))
    try:
        mixer: MixerElement = module.Mixer(control=control, device=device)
    except module.ALSAAudioError as error:
        raise no_mixer(control, device, _elements(module, device), error) from error
    return mixer


def no_mixer(control: str, device: str, elements: list[str] | None, error: Exception) -> HardwareError:
    """The sentence for what alsaaudio raised. elements: of the card; None: it does not answer at all."""
    if elements is None:
        return HardwareError(
            f"the mixer of the card {device} cannot be opened ({error}), so the volume cannot be set: plug the card "
            f"in, or set board.playback_device to a name that `oyez-hw list` prints"
        )
    if not elements:
        return HardwareError(
            f"the card {device} has no mixer ({error}): set board.mixer_control to nothing for volume in software"
        )
    return HardwareError(
        f"the card {device} has no usable mixer element {control} ({error}): set board.mixer_control to one of "
        f"[{', '.join(elements)}], or to nothing for volume in software"
    )


def _elements(module: Any, device: str) -> list[str] | None:
    try:
        return list(module.mixers(device=device))
    except module.ALSAAudioError:
        return None


@dataclass(frozen=True, slots=True)
class _Scale:
    """How one element counts."""

    mixer: MixerElement
    units: int
    range_cdb: tuple[int, int] | None
    """(lowest, highest) in 1/100 dB over which the curve runs; None: it counts in percent."""
    silence_cdb: int | None = None
    """What level 0 sets, where the element goes lower than the curve."""

    def get(self) -> float:
        value = self.mixer.getvolume(units=self.units)[0]
        return value / 100 if self.range_cdb is None else level_of_cdb(value, self.range_cdb)

    def set(self, level: float) -> None:
        if self.range_cdb is None:
            value = round(level * 100)
        elif level == 0.0 and self.silence_cdb is not None:
            value = self.silence_cdb
        else:
            value = cdb_of_level(level, self.range_cdb)
        self.mixer.setvolume(value, units=self.units)


class AlsaVolume:
    """In decibels where the element knows them, by alsamixer's curve, which follows the ear; in percent where not.

    The element is opened at first use, since a USB card may come after the daemon; and once more when it does not
    answer, since a handle does not outlive the unplugging of its card.
    """

    def __init__(self, open_element: Callable[[], MixerElement], safe_db: tuple[float, float] | None = None) -> None:
        """`open_element`: as open_mixer(). `safe_db`: (lowest that is heard, loudest that does not distort), as the
        catalogue has them; an element that counts in percent cannot obey it. Opens nothing. Raises HardwareError:
        pyalsaaudio is not installed."""
        self._open_element = open_element
        self._safe_db = safe_db
        self._module = alsa()
        self._scale: _Scale | None = None

    def get(self) -> float:
        """Raises HardwareError: the mixer is away."""
        return self._use(_Scale.get)

    def set(self, level: float) -> None:
        if not 0.0 <= level <= 1.0:
            raise ValueError(f"volume is {level}; it must be 0 (silent) to 1 (loudest)")
        self._use(lambda scale: scale.set(level))

    def _use(self, use: Callable[[_Scale], T]) -> T:
        """With the element that is open, or else, once, with one opened anew."""
        if self._scale is not None:
            try:
                return use(self._scale)
            except self._module.ALSAAudioError:
                self._scale = None  # of a card that was unplugged since: the one that is there now is asked
        scale = self._opened()
        try:
            result = use(scale)
        except self._module.ALSAAudioError as error:
            raise HardwareError(
                f"the mixer does not answer ({error}): the card was unplugged or failed, plug it in again"
            ) from error
        self._scale = scale
        return result

    def _opened(self) -> _Scale:
        """In decibels, unless the driver tells no range or nonsense, as some do."""
        mixer = self._open_element()
        try:
            lowest, highest = mixer.getrange(units=self._module.VOLUME_UNITS_DB)
        except (self._module.ALSAAudioError, ValueError):
            lowest = highest = 0
        if 300 <= highest - lowest <= 20_000:
            return _Scale(mixer, self._module.VOLUME_UNITS_DB, safe_range((lowest, highest), self._safe_db), lowest)
        return _Scale(mixer, self._module.VOLUME_UNITS_PERCENTAGE, None)


def safe_range(range_cdb: tuple[int, int], safe_db: tuple[float, float] | None) -> tuple[int, int]:
    """What the element can do of what is safe; all that it can do where nothing is left of that."""
    if safe_db is None:
        return range_cdb
    lowest, highest = max(range_cdb[0], round(safe_db[0] * 100)), min(range_cdb[1], round(safe_db[1] * 100))
    return (lowest, highest) if highest - lowest >= 300 else range_cdb


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
