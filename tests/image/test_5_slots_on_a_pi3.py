"""The boot script on a Pi 3 as QEMU has it: the same bytes as on the real one, from U-Boot on."""

import re
from pathlib import Path

from tests.image.card import MB, Card
from tests.image.device import Key
from tests.image.images import Images
from tests.image.logbook import Logbook
from tests.image.pi3 import Pi3

RESETS = 8
PATIENCE_S = 120.0
CHOICE = r"oyez: (slot [AB],|no tries left)"


def test_slots_that_do_not_start_are_tried_as_often_as_they_may_then_the_other_then_anew(
    images: Images, key: Key, scratch: Path, logbook: Logbook
) -> None:
    """Neither slot holds anything: three tries each, then all begins anew, and it never stays dark."""
    card = Card(images.image, scratch / "pi3.qcow2")
    for partition in card.partitions()[1:3]:
        card.fill(partition.start, MB)
    said: list[str] = []
    with logbook.of("Pi 3 with two empty slots", Pi3(card, scratch, key)) as board:
        for _ in range(RESETS):
            line = board.console.expect(CHOICE, PATIENCE_S)
            chosen = re.search(r"slot ([AB])", line)
            said.append(chosen[1] if chosen else "anew")
    assert said == ["A", "A", "A", "B", "B", "B", "anew", "A"]
