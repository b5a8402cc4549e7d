"""A device tree as the firmware and the kernel read it (a blob after the Devicetree Specification, chapter 5). Pure."""

from collections.abc import Iterator, Mapping
from struct import unpack_from

Node = Mapping[str, bytes]
"""Its properties."""
_BEGIN_NODE, _END_NODE, _PROPERTY, _NO_OPERATION = 1, 2, 3, 4
_APPARATUS = ("/__symbols__", "/__overrides__", "/__fixups__", "/__local_fixups__")
"""For who applies overlays; they describe nothing."""


def nodes(blob: bytes) -> dict[str, Node]:
    """Every node by its path; the root's is empty."""
    _, _, structure, strings = unpack_from(">4I", blob)
    found: dict[str, dict[str, bytes]] = {}
    path: list[str] = []
    at = structure
    while True:
        (token,) = unpack_from(">I", blob, at)
        at += 4
        if token == _BEGIN_NODE:
            name = _text(blob, at)
            path.append(name)
            found["/".join(path)] = {}
            at = _aligned(at + len(name) + 1)
        elif token == _END_NODE:
            path.pop()
        elif token == _PROPERTY:
            length, name_at = unpack_from(">2I", blob, at)
            found["/".join(path)][_text(blob, strings + name_at)] = blob[at + 8 : at + 8 + length]
            at = _aligned(at + 8 + length)
        elif token != _NO_OPERATION:
            return dict(found)


def words(value: bytes) -> list[str]:
    """Of a property that is a list of texts."""
    return value.decode().rstrip("\0").split("\0")


def is_on(node: Node) -> bool:
    return node.get("status", b"okay\0") in (b"okay\0", b"ok\0")


def added(before: Mapping[str, Node], after: Mapping[str, Node]) -> Iterator[tuple[str, list[str]]]:
    """(path, what a driver may know it by) of each device that is new or described otherwise than before."""
    for path, node in after.items():
        if "compatible" in node and node != before.get(path) and not path.startswith(_APPARATUS):
            yield path, words(node["compatible"])


def _text(blob: bytes, at: int) -> str:
    return blob[at : blob.index(0, at)].decode()


def _aligned(at: int) -> int:
    return -(-at // 4) * 4
