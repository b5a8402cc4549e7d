"""The shell of the buttons: edges in, facts told. What they mean is `button_panel.py`'s business."""

import asyncio
import contextlib
from collections.abc import Callable, Iterable, Sequence

from oyez.button_panel import ButtonPanel
from oyez.config import Buttons as ButtonsConfig
from oyez.events import Event
from oyez.troubles import Troubles
from oyez.view import View
from oyez_hw import ports
from oyez_hw.panel_settings import ButtonLine
from oyez_hw.ports import HardwareError

RETRY_S = 30.0
"""Contacts that could not be read are tried again."""


class Buttons:
    """Methods are for the loop's thread alone."""

    def __init__(
        self,
        contacts: ports.Buttons,
        lines: Sequence[ButtonLine],
        config: ButtonsConfig,
        tell: Callable[[Event], None],
        troubles: Troubles,
        view: Callable[[], View],
        clock: Callable[[], float],
    ) -> None:
        """lines: what each contact is. clock: monotonic seconds, that of the edges."""
        self._contacts, self._any = contacts, bool(lines)
        self._panel = ButtonPanel(lines, config)
        self._tell, self._troubles, self._view, self._clock = tell, troubles, view, clock
        self._moved = asyncio.Event()
        self._readable = False

    @property
    def mute_switch_on(self) -> bool:
        """As it was told last; known from `open` on."""
        return self._panel.mute_switch_on

    def open(self) -> None:
        """Before sound is asked for: a mute switch may stand on."""
        try:
            self._pass_on(self._panel.begin(self._contacts.open()))
        except HardwareError as error:
            self._lost(error)
        else:
            self._readable = True
            self._troubles.gone("buttons")

    async def run(self) -> None:
        """For ever, behind `open`; returns at once where there are none."""
        while self._any:
            if self._readable:
                await self._watch()
            await asyncio.sleep(RETRY_S)
            self.open()

    async def _watch(self) -> None:
        """Until they are gone."""
        loop, file = asyncio.get_running_loop(), self._contacts.fileno()
        loop.add_reader(file, self._moved.set)
        try:
            while True:
                self._moved.clear()
                self._take()
                await self._rest()
        except HardwareError as error:
            self._lost(error)
        finally:
            loop.remove_reader(file)
            self._contacts.close()

    def _take(self) -> None:
        for edge in self._contacts.read():
            self._pass_on(self._panel.edge(edge, self._view()))
        self._pass_on(self._panel.at(self._clock(), self._view()))

    async def _rest(self) -> None:
        """Until something was moved, or what was moved has come to mean something."""
        due_s = self._panel.next_s
        wait_s = None if due_s is None else max(0.0, due_s - self._clock())
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(wait_s):
                await self._moved.wait()

    def _lost(self, error: HardwareError) -> None:
        self._readable = False
        self._pass_on(self._panel.lost(self._clock(), self._view()))
        self._troubles.found("buttons", str(error))

    def _pass_on(self, events: Iterable[Event]) -> None:
        for event in events:
            self._tell(event)
