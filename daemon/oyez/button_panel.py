"""All contacts of the board together: edges in, facts out. Pure; time is an argument, and so is what the device does.

A mute switch that cannot be read counts as on: it is a promise.
"""

from collections.abc import Mapping, Sequence

from oyez import button_deeds
from oyez.config_panel import Buttons
from oyez.events import Event, MuteSwitched
from oyez.view import View
from oyez_hw.panel_settings import ButtonLine
from oyez_hw.ports import Edge
from oyez_hw.presses import Button, Contact, Timing, Told


class ButtonPanel:
    def __init__(self, lines: Sequence[ButtonLine], config: Buttons) -> None:
        """lines: what each contact is, by its place."""
        self._uses = {place: line.use for place, line in enumerate(lines)}
        self._config = config
        self._timing = Timing(config.debounce_ms / 1000, config.hold_s, config.double_s)
        self._switches: dict[int, Contact] = {}
        self._keys: dict[int, Button] = {}
        self._has_switch = "mute_switch" in self._uses.values()
        self.mute_switch_on = False
        """As it was told last."""

    def begin(self, closed: Mapping[int, bool]) -> list[Event]:
        """They can be read, and stand so."""
        debounce_s = self._timing.debounce_s
        self._switches, self._keys = {}, {}
        for place, use in self._uses.items():
            if use == "mute_switch":
                self._switches[place] = Contact(debounce_s, closed[place])
            else:
                self._keys[place] = Button(self._timing, closed[place])
        return self._switched()

    def edge(self, edge: Edge, view: View) -> list[Event]:
        """In the order in which they happened, however late they are read."""
        switch = self._switches.get(edge.button)
        if switch is not None:
            switch.at(edge.time_s)
            switch.edge(edge.closed, edge.time_s)
            return self._switched()
        use = self._key_use(edge.button)
        wanted = button_deeds.doubles(use, self._config, view)
        return self._meant(use, self._keys[edge.button].edge(edge.closed, edge.time_s, wanted), view)

    def at(self, now: float, view: View) -> list[Event]:
        """What is known by now."""
        for switch in self._switches.values():
            switch.at(now)
        events = self._switched()
        for place, key in self._keys.items():
            use = self._key_use(place)
            events += self._meant(use, key.at(now, button_deeds.doubles(use, self._config, view)), view)
        return events

    def lost(self, now: float, view: View) -> list[Event]:
        """They cannot be read any more, or could not from the start."""
        events: list[Event] = []
        for place, key in self._keys.items():
            events += self._meant(self._key_use(place), key.let_go(now), view)
        self._switches, self._keys = {}, {}
        return [*events, *self._switched()]

    @property
    def next_s(self) -> float | None:
        """When `at` has something to tell unless something is moved before."""
        contacts: list[Contact | Button] = [*self._switches.values(), *self._keys.values()]
        return min((one.next_s for one in contacts if one.next_s is not None), default=None)

    def _switched(self) -> list[Event]:
        """Several switches: each of them mutes."""
        levels = [switch.level for switch in self._switches.values()]
        on = any(levels) if levels else self._has_switch
        if on == self.mute_switch_on:
            return []
        self.mute_switch_on = on
        return [MuteSwitched(on)]

    def _key_use(self, place: int) -> button_deeds.Use:
        use = self._uses[place]
        assert use != "mute_switch"
        return use

    def _meant(self, use: button_deeds.Use, told: Sequence[Told], view: View) -> list[Event]:
        return [event for one in told for event in button_deeds.events(use, one, self._config, view)]
