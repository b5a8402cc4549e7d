"""How far an open tap has got: for whoever must not go on before the sound of a certain moment is out."""

import asyncio


class Passage:
    """Loop only. Times are monotonic seconds of capture: sound comes out later than it was captured."""

    def __init__(self) -> None:
        self._given_s: float | None = None
        self._changed = asyncio.Event()

    def opened(self) -> None:
        self._given_s = float("-inf")

    def given(self, until_s: float) -> None:
        """All that was captured until then is out."""
        self._given_s = until_s
        self._changed.set()

    def closed(self) -> None:
        """Nothing more will come; who waits has waited enough."""
        self._given_s = None
        self._changed.set()

    async def reaches(self, time_s: float) -> None:
        """Returns when what was captured until then is out, or nothing more will come."""
        while self._given_s is not None and self._given_s < time_s:
            self._changed.clear()
            await self._changed.wait()
