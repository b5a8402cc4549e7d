"""Facts as they are told, and a way to wait for them."""

import asyncio
from collections.abc import Callable
from typing import Generic, TypeVar

T = TypeVar("T")


class Facts(Generic[T]):
    """Loop only."""

    def __init__(self) -> None:
        self.told: list[T] = []
        self._changed = asyncio.Event()

    def tell(self, fact: T) -> None:
        self.told.append(fact)
        self._changed.set()

    async def until(self, holds: Callable[[list[T]], bool], timeout_s: float = 5.0) -> None:
        """Returns when it holds of what was told. Raises TimeoutError."""
        async with asyncio.timeout(timeout_s):
            while not holds(self.told):
                self._changed.clear()
                await self._changed.wait()
