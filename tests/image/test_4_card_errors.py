"""A card that is dying: it cannot be read where it matters."""

from pathlib import Path

from tests.image import room
from tests.image.card import MB, SECTOR, Card
from tests.image.conftest import Settled
from tests.image.device import BOOT_S, Device, Key, file_node
from tests.image.images import Images
from tests.image.logbook import Logbook

MOST_STARTS = 8
"""Three tries, three anew, and then the other one."""


def unreadable(card: Card, start: int, size: int, folder: Path) -> list[str]:
    """Blocks for a Device: reads that touch these bytes end in an error."""
    rules = folder / "errors.conf"
    lines = [
        f'[inject-error]\nevent = "none"\niotype = "read"\nerrno = "5"\nonce = "off"\nsector = "{sector}"\n'
        for sector in range(start // SECTOR, (start + size) // SECTOR)
    ]
    rules.write_text("\n".join(lines))
    return [
        f"driver=qcow2,node-name=layer,{file_node(card.path)}",
        f"driver=blkdebug,node-name=card,image=layer,config={rules.resolve()}",
    ]


def test_a_slot_that_cannot_be_read_gives_way_to_the_other(
    settled: Settled, card: Card, key: Key, scratch: Path, logbook: Logbook
) -> None:
    """The one that boots first has no readable beginning any more. Where what is in the other one once failed, it comes
    last; it comes nevertheless."""
    settled.device.cut_power()
    worn = Card(card.path, scratch / "worn.qcow2")
    first = worn.partitions()[1:3]
    with logbook.of("which slot boots first", Device(worn, scratch, key)) as device:
        chosen = device.rebooted()
    bad = first[0 if chosen == "A" else 1]
    blocks = unreadable(worn, bad.start, 64 * SECTOR, scratch)
    with logbook.of(f"slot {chosen} cannot be read", Device(worn, scratch, key, blocks=blocks)) as device:
        tried = [device.rebooted()]
        while tried[-1] == chosen and len(tried) < MOST_STARTS:
            tried.append(device.rebooted())
        assert tried[-1] != chosen
        device.console.expect("Welcome to", BOOT_S)


def test_a_data_partition_that_cannot_be_read_leaves_a_device_that_runs_and_says_so(
    images: Images, good_file: str, key: Key, scratch: Path, logbook: Logbook
) -> None:
    """Its oyez.toml lies on the boot partition again, so that there is somebody to let in."""
    worn = Card(images.image, scratch / "worn.qcow2")
    worn.put({**room.files(), "oyez.toml": good_file})
    data = worn.partitions()[3]
    blocks = unreadable(worn, data.start, MB // 4, scratch)
    with logbook.of("the data partition cannot be read", Device(worn, scratch, key, blocks=blocks)) as device:
        device.reached()
        device.run("test -e /run/oyez-volatile").check()
        device.until("systemctl is-active -q oyez", 300.0)
        assert device.run("findmnt -no FSTYPE /data").out.strip() == "tmpfs"
        told = device.run("journalctl -b -o cat --no-pager -u oyez-first-boot -u oyez-first-words").out
        assert "storage_failed" in told, told
