"""Finds a card again that came back under another number or id, and knows a stranger that has taken its place.

The kernel counts cards in the order in which they come, and gives an id twice only once the old card is let go: who is
unplugged while it is in use comes back as `Device_1`. What stays is the port, and what the device says of itself.
"""

from pathlib import Path

from oyez_hw.card_holder import card_of, with_card
from oyez_hw.faults import Fault
from oyez_hw.machine import Card
from oyez_hw.ports import HardwareError
from oyez_hw.probe import USB_PREFIX, located, snapshot


class CardFinder:
    """Of one ALSA name, as the user wrote it."""

    def __init__(self, device: str, root: Path = Path("/")) -> None:
        """root: a folder that stands for the machine's."""
        self._device, self._root = device, root
        self._known: Card | None = None
        self._others: set[str] = set()
        """Ports of cards of its kind that were there beside it: they are none of ours."""

    def name(self) -> str:
        """What the card is called now; before it was ever opened, and for names of no card, what the user wrote.

        Raises HardwareError: the card is away, and its number has been given to another.
        """
        device = located(self._device, self._root)
        known = self._known
        if known is None or self._device.startswith(USB_PREFIX):  # there the port decides
            return device
        cards = snapshot(self._root).cards
        there = _named(device, cards)
        ours = there if there is not None and _same(there, known) else self._again(known, cards)
        if ours is not None and ours is not there:
            return with_card(device, ours.id)
        if ours is None and there is not None and (card_of(device)[0].isdigit() or there.usb_path in self._others):
            raise HardwareError(
                f"the card {known.name or known.id} is away, and its name {card_of(device)[0]} is now that of "
                f"{there.name or there.id}: plug it in again, or name it by `oyez-hw list`, since numbers change",
                Fault.ABSENT,
            )
        return device

    def remember(self, device: str) -> None:
        """It was opened under this name: this is the card that is meant from now on."""
        cards = snapshot(self._root).cards
        self._known = known = _named(device, cards) or self._known
        if known is not None:
            alike = {card.usb_path for card in cards if _alike(card, known)}
            self._others = (self._others | alike) - {known.usb_path, ""}

    def _again(self, known: Card, cards: tuple[Card, ...]) -> Card | None:
        """In the same port, else the only new one of its kind in another."""
        alike = [card for card in cards if _alike(card, known) and card.usb_path not in self._others]
        in_port = [card for card in alike if card.usb_path == known.usb_path]
        return in_port[0] if in_port else alike[0] if len(alike) == 1 else None


def _named(device: str, cards: tuple[Card, ...]) -> Card | None:
    named = card_of(device)[0]
    return next((card for card in cards if named in (card.id, str(card.number))), None)


def _same(card: Card, known: Card) -> bool:
    return (card.usb_id, card.usb_path, card.name) == (known.usb_id, known.usb_path, known.name)


def _alike(card: Card, known: Card) -> bool:
    return (card.usb_id, card.name) == (known.usb_id, known.name)
