"""The boot script on a Pi 3 as QEMU has it: the same bytes as on the real one, from U-Boot on."""

import re
from pathlib import Path

import pytest

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


DAMAGED = {
    "zeros": bytes(0x4000),
    "torn, the rest zeros": b"\x12\x34\x56\x78BOOT_ORDER=B A\0BOOT_A_LEFT=0".ljust(0x4000, b"\0"),
}


@pytest.mark.parametrize("damage", DAMAGED)
def test_a_damaged_memory_of_the_slots_counts_as_none_and_the_first_slot_is_tried(
    damage: str, images: Images, key: Key, scratch: Path, logbook: Logbook
) -> None:
    """And it is whole again afterwards: the second start counts on."""
    card = Card(images.image, scratch / "pi3.qcow2")
    card.put({"slots.env": DAMAGED[damage]})
    for partition in card.partitions()[1:3]:
        card.fill(partition.start, MB)
    with logbook.of(f"Pi 3, slots.env: {damage}", Pi3(card, scratch, key)) as board:
        said = [board.console.expect(r"oyez: slot [AB],", PATIENCE_S) for _ in range(2)]
    assert ["left A 2 B 3" in said[0], "left A 1 B 3" in said[1]] == [True, True], said
