"""Device tree, overlay and modules of a sound board, on a Pi 3 as QEMU has it; its I2S controller moves nothing."""

from pathlib import Path

from tests.image.card import Card
from tests.image.device import Key
from tests.image.images import Images
from tests.image.logbook import Logbook
from tests.image.pi3 import Pi3

SLOT_S, CARD_S = 120.0, 900.0
UNHURRIED = "kernel_arguments=systemd.watchdog_sec=0\n"
"""Under emulation systemd begins too late for the Pi's watchdog."""


def test_microphones_and_an_amplifier_on_the_header_become_a_sound_card(
    images: Images, key: Key, scratch: Path, logbook: Logbook
) -> None:
    """The kernel bears the tree that the image has for a Pi 3, and systemd meets a sound card: QEMU has no other."""
    card = Card(images.image, scratch / "pi3.qcow2")
    card.put({"debug.env": UNHURRIED})
    board = Pi3(card, scratch, key, overlay="googlevoicehat-soundcard")
    with logbook.of("Pi 3 with I2S microphones and amplifier", board):
        board.console.expect(r"oyez: slot A,", SLOT_S)
        board.console.expect(r"Reached target .*Sound Card", CARD_S)
