"""Which of two versions is the newer one. Pure.

`1.10` is newer than `1.9`; `1.4.0-rc1` and `1.4.0~rc1` are older than `1.4.0`; what follows a `+` counts for nothing.
"""

import re

_PIECES = re.compile(r"\d+|[A-Za-z]+")

Piece = tuple[int, int, str]
Order = tuple[tuple[Piece, ...], int, tuple[Piece, ...]]


def order(version: str) -> Order:
    """Sorts as versions do: the greater, the newer."""
    plain = version.partition("+")[0]
    main, mark, early = re.match(r"([^~-]*)([~-]?)(.*)", plain, re.DOTALL).groups()  # type: ignore[union-attr]
    released = _pieces(main)
    while released and released[-1] == (1, 0, ""):
        released = released[:-1]
    return released, 0 if mark else 1, _pieces(early)


def newer(one: str, than: str) -> bool:
    return order(one) > order(than)


def same(one: str, other: str) -> bool:
    return order(one) == order(other)


def _pieces(text: str) -> tuple[Piece, ...]:
    """A number counts for more than a word."""
    return tuple((1, int(piece), "") if piece.isdecimal() else (0, 0, piece) for piece in _PIECES.findall(text))
