"""Changes of files, one by one, as plans name them. Pure; `card.py` carries them out.

Each of them can be done again after a power cut in its middle, and the file that it is about is the old one or the new.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class Write:
    """A whole file; folders that are missing are made."""

    path: Path
    data: bytes
    mode: int | None = 0o644
    """None: a file system that has none."""
    folder_mode: int = 0o755
    """Of its folder, where it is made; those above it are 0755."""


@dataclass(frozen=True, slots=True)
class Link:
    """A symbolic link."""

    path: Path
    target: str


@dataclass(frozen=True, slots=True)
class Remove:
    """A file, if it is there."""

    path: Path


@dataclass(frozen=True, slots=True)
class Rename:
    """A file, if it is there."""

    path: Path
    to: Path


@dataclass(frozen=True, slots=True)
class WipeOut:
    """A file, if it is there: its bytes are overwritten where they lie, as far as the file system and the flash below
    it do that, and then it is removed."""

    path: Path


@dataclass(frozen=True, slots=True)
class Empty:
    """A folder: all that lies in it is removed."""

    folder: Path


Operation: TypeAlias = Write | Link | Remove | Rename | WipeOut | Empty
