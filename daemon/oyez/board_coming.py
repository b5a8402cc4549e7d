"""A board that cannot be named before it is there: the house lives without, and whoever built it learns when it came.

A service that ended instead would be started again for ever, deaf to MQTT as well.
"""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from oyez.config_hearing import Board as Wished
from oyez.config_here import load_with_or_without
from oyez.errors import ConfigError
from oyez_hw.absent_board import AbsentMicrophone, AbsentSpeaker
from oyez_hw.boards import Board
from oyez_hw.card_reset import no_reset
from oyez_hw.faults import Fault
from oyez_hw.ports import HardwareError
from oyez_hw.software_volume import SoftwareVolume


class BoardComing:
    def __init__(self, config: Path, root: Path = Path("/")) -> None:
        """config: the file that wishes for it. root: of the machine's /proc and /sys."""
        self._config, self._root = config, root
        self.on_come: Callable[[], None] = lambda: None

    def stand_in(self, board: Board, wished: Wished) -> Board:
        """The same without a microphone, and without a loudspeaker unless that one is known: whoever opens one that is
        away looks for the board."""
        here = replace(board, microphone=AbsentMicrophone(self._look), reset_microphone=no_reset)
        if wished.playback_device != Wished().playback_device:
            return here
        return replace(here, speaker=AbsentSpeaker(self._look), volume=SoftwareVolume(), reset_loudspeaker=no_reset)

    def _look(self) -> HardwareError:
        """What only the operator can settle by now is told, and it goes on."""
        try:
            _, away = load_with_or_without(self._config, self._root)
        except ConfigError as error:
            away = str(error)
        if away:
            return HardwareError(away, Fault.ABSENT)
        self.on_come()
        return HardwareError("the board was plugged in: Oyez begins anew with it", Fault.ABSENT)
