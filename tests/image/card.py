"""The SD card of a device under QEMU: a layer above the image, whose boot partition can be read and written while the
device is off."""

import shutil
import struct
import subprocess
from dataclasses import dataclass
from pathlib import Path

SECTOR = 512
MB = 1 << 20
SIZE = "4G"
"""Larger than the image, so that the data partition has somewhere to grow; a power of two, as QEMU's Pi wants it."""


@dataclass(frozen=True, slots=True)
class Partition:
    start: int
    """Bytes."""
    size: int


def partitions(first_sector: bytes) -> list[Partition]:
    """Of an MBR. Pure. Raises ValueError: it is none."""
    if len(first_sector) < SECTOR or first_sector[510:512] != b"\x55\xaa":
        raise ValueError("this is no MBR")
    entries = [struct.unpack_from("<8xII", first_sector, 446 + 16 * number) for number in range(4)]
    return [Partition(start * SECTOR, size * SECTOR) for start, size in entries if size]


class Card:
    """image: raw or qcow2, never written to. place: of the layer, a qcow2 file that is made."""

    def __init__(self, image: Path, place: Path, size: str = SIZE) -> None:
        self.path = place
        place.unlink(missing_ok=True)
        backing = "qcow2" if image.suffix == ".qcow2" else "raw"
        _tool("qemu-img", "create", "-q", "-f", "qcow2", "-F", backing, "-b", image.resolve(), place, size)

    def partitions(self) -> list[Partition]:
        return partitions(self.bytes_at(0, SECTOR))

    def bytes_at(self, start: int, size: int) -> bytes:
        """start, size: multiples of a sector."""
        piece = self.path.with_suffix(".piece")
        block = MB if start % MB == 0 and size % MB == 0 else SECTOR
        words = [f"bs={block}", f"skip={start // block}", f"count={size // block}", f"if={self.path}", f"of={piece}"]
        piece.unlink(missing_ok=True)
        # -U: also while the device runs; what it has written out is there.
        _tool("qemu-img", "dd", "-U", "-f", "qcow2", "-O", "raw", *words)
        found = piece.read_bytes()
        piece.unlink()
        return found

    def read(self, name: str) -> bytes | None:
        """A file of the boot partition; None: it is not there."""
        fat = self._fat()
        try:
            return _tool("mtype", "-i", fat, f"::/{name}")
        except subprocess.CalledProcessError:
            return None
        finally:
            fat.unlink()

    def names(self) -> set[str]:
        """Of the files at the top of the boot partition."""
        fat = self._fat()
        listed = _tool("mdir", "-b", "-i", fat, "::/").decode().split()
        fat.unlink()
        return {name.removeprefix("::/").rstrip("/") for name in listed}

    def holds(self, *secrets: str) -> list[str]:
        """Which of them can be found anywhere on the boot partition: in files, in what was deleted, in slack."""
        first = self.partitions()[0]
        raw = self.bytes_at(first.start, first.size)
        return [secret for secret in secrets if secret.encode() in raw]

    def put(self, files: dict[str, str | bytes]) -> None:
        """Files of the boot partition, name -> what is in them."""
        first, fat = self.partitions()[0], self._fat()
        for name, content in files.items():
            data = content.encode() if isinstance(content, str) else content
            _tool("mcopy", "-D", "o", "-i", fat, "-", f"::/{name}", data=data)
        _tool("qemu-io", "-f", "qcow2", "-c", f"write -q -s {fat} {first.start} {first.size}", self.path)
        fat.unlink()

    def fill(self, start: int, size: int) -> None:
        """With zeros, bytes of the card."""
        _tool("qemu-io", "-f", "qcow2", "-c", f"write -q -z {start} {size}", self.path)

    def copy_to(self, place: Path) -> None:
        """As it is now, raw and whole, with nothing below it."""
        place.unlink(missing_ok=True)
        _tool("qemu-img", "convert", "-f", "qcow2", "-O", "raw", self.path, place)

    def _fat(self) -> Path:
        first = self.partitions()[0]
        place = self.path.with_suffix(".fat")
        place.write_bytes(self.bytes_at(first.start, first.size))
        return place


def _tool(*words: str | Path, data: bytes | None = None) -> bytes:
    for_tools = [str(word) for word in words]
    if shutil.which(for_tools[0]) is None:
        raise FileNotFoundError(f"{for_tools[0]} is not installed: `make test-image` installs it")
    return subprocess.run(for_tools, check=True, capture_output=True, input=data, timeout=300.0).stdout
