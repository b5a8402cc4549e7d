"""A session that is open beside the present one, to take its place."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from oyez.session.dialler import Dialled


class Spare:
    """Closed unless it is kept."""

    def __init__(self, dialled: Dialled) -> None:
        self.dialled, self.client, self.kept = dialled, dialled.client, False

    def keep(self) -> Dialled:
        self.kept = True
        return self.dialled


@asynccontextmanager
async def spare_session(dialled: Dialled) -> AsyncIterator[Spare]:
    spare = Spare(dialled)
    try:
        yield spare
    finally:
        if not spare.kept:
            await dialled.client.close()
