"""Carries out changes of files. After each system call the power may be cut."""

import contextlib
import os
import shutil
from collections.abc import Callable, Iterable
from functools import singledispatchmethod
from pathlib import Path

from oyez_system.card.operations import Empty, Link, Operation, Remove, Rename, WipeOut, Write

FRESH = ".new"
"""Ending of a file, or a folder, that is not whole yet."""


class Card:
    def __init__(self, on_step: Callable[[], None] = lambda: None) -> None:
        """on_step: called before each change of the disk; for tests, which cut there."""
        self._step = on_step

    def carry_out(self, operations: Iterable[Operation]) -> None:
        """In their order. Raises OSError."""
        for operation in operations:
            self.do(operation)

    @singledispatchmethod
    def do(self, operation: Operation) -> None:
        """Raises OSError."""
        raise TypeError(f"{operation!r} is no change of a file")

    @do.register
    def _write(self, order: Write) -> None:
        self._make(order.path.parent, order.folder_mode)
        fresh = _fresh(order.path)
        # A secret is never readable for others, not even while it is being written.
        with contextlib.suppress(FileNotFoundError):
            self._change(fresh.unlink)
        mode = 0o600 if order.mode is None else order.mode
        self._step()
        handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        with open(handle, "wb") as file:
            self._step()
            file.write(order.data)
            file.flush()
            if order.mode is not None:
                os.fchmod(file.fileno(), mode)
            self._step()
            os.fsync(file.fileno())
        self._change(lambda: fresh.replace(order.path))
        self._settle(order.path.parent)

    @do.register
    def _link(self, order: Link) -> None:
        self._make(order.path.parent, 0o755)
        fresh = _fresh(order.path)
        with contextlib.suppress(FileNotFoundError):
            self._change(fresh.unlink)
        self._change(lambda: fresh.symlink_to(order.target))
        self._change(lambda: fresh.replace(order.path))
        self._settle(order.path.parent)

    @do.register
    def _remove(self, order: Remove) -> None:
        with contextlib.suppress(FileNotFoundError):
            self._change(order.path.unlink)
            self._settle(order.path.parent)

    @do.register
    def _rename(self, order: Rename) -> None:
        with contextlib.suppress(FileNotFoundError):
            self._change(lambda: order.path.replace(order.to))
            self._settle(order.to.parent)

    @do.register
    def _wipe_out(self, order: WipeOut) -> None:
        with contextlib.suppress(FileNotFoundError):
            with order.path.open("r+b") as file:
                size = os.fstat(file.fileno()).st_size
                self._step()
                file.write(b"\0" * size)
                file.flush()
                self._step()
                os.fsync(file.fileno())
            self._change(order.path.unlink)
            self._settle(order.path.parent)

    @do.register
    def _empty(self, order: Empty) -> None:
        if not order.folder.is_dir() or order.folder.is_symlink():
            return
        for child in sorted(order.folder.iterdir()):
            if child.is_dir() and not child.is_symlink():
                self._change(lambda child=child: shutil.rmtree(child))  # type: ignore[misc]
            else:
                self._change(child.unlink)
        self._settle(order.folder)

    def _change(self, work: Callable[[], object]) -> None:
        self._step()
        work()

    def _make(self, folder: Path, mode: int) -> None:
        if folder.is_dir():
            return
        self._make(folder.parent, 0o755)
        # Whole at once, like a file: the unit's umask would take rights away that the daemon's user needs.
        fresh = _fresh(folder)
        self._change(lambda: fresh.mkdir(exist_ok=True))
        self._change(lambda: fresh.chmod(mode))
        self._change(lambda: fresh.rename(folder))
        self._settle(folder.parent)

    def _settle(self, folder: Path) -> None:
        """A new name is on the disk only when its folder is."""
        self._step()
        handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _fresh(path: Path) -> Path:
    return path.with_name(path.name + FRESH)
