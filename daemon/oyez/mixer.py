"""The loudspeaker's volume: what the household set, and another one for as long as something is announced."""

from oyez.troubles import Troubles
from oyez_hw.ports import HardwareError, Volume


class Mixer:
    """Loop only. A card that fails is a trouble until it answers again, and changes nothing of what is meant."""

    def __init__(self, volume: Volume, troubles: Troubles, level: float) -> None:
        """level: what the household set, 0 to 1. The card is not touched before `apply`."""
        self._volume, self._troubles = volume, troubles
        self._set = level
        self._announced: float | None = None

    def set(self, level: float) -> None:
        """The household's: heard at once, also in the midst of an announcement."""
        self._set, self._announced = level, None
        self.apply()

    def use(self, level: float | None) -> None:
        """For what is announced next; None: back to what is set."""
        self._announced = level
        self.apply()

    def apply(self) -> None:
        """Again, for a card that was away has forgotten it."""
        try:
            self._volume.set(self._set if self._announced is None else self._announced)
        except HardwareError as error:
            self._troubles.found("mixer", str(error))
        else:
            self._troubles.gone("mixer")
