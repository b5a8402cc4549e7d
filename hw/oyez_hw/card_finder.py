"""Finds a card again that came back under another number or id, and knows a stranger that has taken its place.

The kernel counts cards in the order in which they come, and gives an id twice only once the old card is let go: who is
unplugged while it is in use comes back as `Device_1`. What stays is the port, and what the device says of itself.
"""

from pathlib import Path

from oyez_hw.card_holder import card_of, with_card
from oyez_hw.faults import Fault
from oyez_hw.machine import Card
from oyez_hw.ports import HardwareError
from oyez_hw.probe import located, snapshot


class CardFinder:
    """Of one ALSA name, as the user wrote it."""

    def __init__(self, device: str, root: Path = Path("/")) -> None:
        """root: a folder that stands for the machine's."""
        self._device, self._root = device, root
        self._known: Card | None = None

    def name(self) -> str:
        """What the card is called now; before it was ever opened, and for names of no card, what the user wrote.

        Raises HardwareError: the card is away, and its number has been given to another.
        """
        device = located(self._device, self._root)
        known = self._known
        if known is None:
            return device
        cards = snapshot(self._root).cards
        there = _named(device, cards)
        ours = there if there is not None and _same(there, known) else _again(known, cards)
        if ours is not None and ours is not there:
            return with_card(device, ours.id)
        if ours is None and there is not None and card_of(device)[0].isdigit():
            raise HardwareError(
                f"the card {known.name or known.id} is away, and its number {there.number} is now that of "
                f"{there.name or there.id}: plug it in again, or name it by `oyez-hw list`, since numbers change",
                Fault.ABSENT,
            )
        return device

    def remember(self, device: str) -> None:
        """It was opened under this name: this is the card that is meant from now on."""
        self._known = _named(device, snapshot(self._root).cards) or self._known


def _named(device: str, cards: tuple[Card, ...]) -> Card | None:
    named = card_of(device)[0]
    return next((card for card in cards if named in (card.id, str(card.number))), None)


def _same(card: Card, known: Card) -> bool:
    return (card.usb_id, card.usb_path, card.name) == (known.usb_id, known.usb_path, known.name)


def _again(known: Card, cards: tuple[Card, ...]) -> Card | None:
    """In the same port, else the only one of its kind in another."""
    alike = [card for card in cards if (card.usb_id, card.name) == (known.usb_id, known.name)]
    in_port = [card for card in alike if card.usb_path == known.usb_path]
    return in_port[0] if in_port else alike[0] if len(alike) == 1 else None
