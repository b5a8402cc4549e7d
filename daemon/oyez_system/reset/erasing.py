"""What is erased, and in which order, so that a power cut ends it at the next start and never begins it anew. Pure.

1. A mark is written: from here on it is decided. Then the request is taken away, so that it counts once.
2. At the start of the device, before anything uses what is kept, all of it is removed.
3. The mark is removed; the device starts again.
"""

from collections.abc import Iterable
from pathlib import Path

from oyez.home.reset_request import REQUEST
from oyez_system.card.operations import Empty, Operation, Remove, WipeOut, Write
from oyez_system.card.places import Places

BOARD_AS_SHIPPED = b"""\
# The lines of config.txt that your board needs (docs/boards.md). The device writes them; it finds the board by itself.
"""
"""image/boot/board.txt"""


def begin(places: Places, why: str) -> list[Operation]:
    """why: who asked, for the journal of the next start."""
    requests = [*places.reset_files, places.run / REQUEST]
    return [Write(places.erasing, f"{why}\n".encode(), 0o600), *(Remove(path) for path in requests)]


def erase(places: Places, state_folders: Iterable[Path]) -> list[Operation]:
    """state_folders: below /data/var/lib. A file newly laid on the boot partition stays, and is taken in."""
    return [
        *(Remove(path) for path in places.reset_files),
        Empty(places.etc),
        *(Empty(folder) for folder in state_folders),
        Empty(places.data / "var/log/journal"),
        *(WipeOut(path) for path in places.taken),
        *(Remove(path) for path in (places.done, places.problems)),
        Write(places.board, BOARD_AS_SHIPPED, None),  # config.txt includes it
        Remove(places.erasing),
    ]
