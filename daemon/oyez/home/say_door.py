"""Sentences that other parts of this device want said while the daemon holds the sound card.

Each is an empty file in `say`, in the run folder, called by the sentence's name: `no_network`. It is taken away as soon
as it is taken up. Nothing but our own sentences can be asked for.
"""

import asyncio
import logging
from collections.abc import Callable
from pathlib import Path

from oyez.home.deeds import FetchSound
from oyez.sentences import NAMES, URGENT

log = logging.getLogger(__name__)

FOLDER = "say"
SCHEME = "spoken:"
"""In front of a sound's source: nobody outside can order such a one."""
LOOK_S = 0.5


class SayDoor:
    def __init__(self, run_folder: Path | None, fetch: Callable[[FetchSound], None]) -> None:
        """run_folder: of what lives until the next boot; None: there is none, and nobody is heard."""
        self._folder, self._fetch = run_folder / FOLDER if run_folder is not None else None, fetch

    async def run(self) -> None:
        """For ever; returns at once where there is no folder."""
        if self._folder is None:
            return
        try:
            self._folder.mkdir(exist_ok=True)
        except OSError as error:
            log.warning("%s cannot be made (%s): nothing is said for others.", self._folder, error.strerror)
            return
        while True:
            self._look(self._folder)
            await asyncio.sleep(LOOK_S)

    def _look(self, folder: Path) -> None:
        for name in sorted(NAMES):
            try:
                (folder / name).unlink()
            except OSError:
                continue  # nobody asked, or it cannot be taken up and would be said for ever
            self._fetch(FetchSound(f"{SCHEME}{name}", priority="urgent" if name in URGENT else "normal"))
