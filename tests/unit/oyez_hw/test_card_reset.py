"""A USB card is reset where its node may be written; where not, the reason is told and nothing is done."""

import errno
from pathlib import Path

import pytest

from oyez_hw.card_reset import USBDEVFS_RESET, ResetRefused, no_reset, reset_card, usb_node
from tests.unit.oyez_hw.test_card_finder import ARRAY, Machine


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """With one USB card, number 7 on bus 1, whose node may be written."""
    Machine(tmp_path).shows((1, "Array", ARRAY, "1-1.4"))
    device = tmp_path / "sys/bus/usb/devices/1-1.4"
    device.mkdir(parents=True)
    (device / "busnum").write_text("1\n")
    (device / "devnum").write_text("7\n")
    node = tmp_path / "dev/bus/usb/001/007"
    node.parent.mkdir(parents=True)
    node.touch()
    return tmp_path


def test_the_order_goes_to_the_card_s_own_node(root: Path) -> None:
    orders = list[tuple[str, int]]()

    def order(file: int, code: int) -> None:
        orders.append((str(Path(f"/proc/self/fd/{file}").readlink()), code))

    reset_card("plughw:CARD=Array,DEV=0", root, order)
    assert orders == [(str(root / "dev/bus/usb/001/007"), USBDEVFS_RESET)]


def test_the_ioctl_is_the_kernel_s() -> None:
    """_IO('U', 20) of linux/usbdevice_fs.h."""
    assert ord("U") << 8 | 20 == USBDEVFS_RESET


@pytest.mark.parametrize(
    ("device", "why"), [("default", "names no card"), ("hw:Other", "there is no card Other"), ("usb:9-9", "no card")]
)
def test_what_is_no_card_here_is_refused(root: Path, device: str, why: str) -> None:
    with pytest.raises(ResetRefused, match=why):
        usb_node(device, root)


def test_a_card_of_the_processor_has_no_reset(root: Path) -> None:
    (root / "sys/class/sound/card1/device").unlink()
    with pytest.raises(ResetRefused, match="no USB device"):
        reset_card("hw:1", root)


def test_without_rights_the_reason_names_the_node(root: Path) -> None:
    node = root / "dev/bus/usb/001/007"
    node.unlink()
    node.mkdir()  # root may write any file; nobody may open a folder to write
    with pytest.raises(ResetRefused, match=r"001/007 may not be written .*docs/healing\.md"):
        reset_card("hw:1", root)


def test_a_kernel_that_refuses_is_quoted(root: Path) -> None:
    def order(file: int, code: int) -> None:
        raise OSError(errno.EBUSY, "Device or resource busy")

    with pytest.raises(ResetRefused, match=r"the kernel refused it \(Device or resource busy\)"):
        reset_card("hw:1", root, order)


def test_a_board_without_a_reset_says_so() -> None:
    with pytest.raises(ResetRefused, match="this board has no reset"):
        no_reset()
