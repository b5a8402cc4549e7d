"""The devices that may ask for tokens: `devices.json`, written whole or not at all, read again whenever it changed.

So `oyez-backend device add` and `revoke` work beside a running server. The file holds argon2id hashes, never a key.
"""

import fcntl
import logging
import os
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

import msgspec
from argon2 import PasswordHasher

from oyez_backend.atomic_file import replace
from oyez_backend.keys import DeviceKey, new_key

log = logging.getLogger(__name__)

HASHER = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
"""argon2id, 19 MiB: what a Raspberry Pi affords twice at once. The keys are random, so this is no weak spot."""
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}", re.ASCII)


class StoreError(Exception):
    """A sentence for the keeper: the store is unreadable, or the order does not fit what it holds."""


class Device(msgspec.Struct, frozen=True, kw_only=True):
    id: str
    name: str
    key_hash: str
    added_at: float
    """Unix seconds."""
    revoked_at: float | None = None

    def __repr__(self) -> str:
        return f"Device(id={self.id!r}, name={self.name!r}, revoked={self.revoked_at is not None})"


class _Contents(msgspec.Struct, frozen=True):
    devices: tuple[Device, ...] = ()
    version: Literal[1] = 1


class DeviceStore:
    def __init__(self, directory: Path, clock: Callable[[], float]) -> None:
        """`clock` tells unix seconds. Nothing is touched before the first read or write."""
        self._path = directory / "devices.json"
        self._clock = clock
        self._seen: tuple[int, int, int] | None = None
        self._devices: tuple[Device, ...] = ()
        self._complaint = ""

    def devices(self) -> tuple[Device, ...]:
        """All that were ever added, as the file says now. Raises StoreError."""
        stamp = self._stamp()
        if stamp != self._seen:
            self._devices = self._read() if stamp else ()
            self._seen = stamp
        return self._devices

    def find(self, device_id: str) -> Device | None:
        """For a running server, as `known`."""
        return next((device for device in self.known() if device.id == device_id), None)

    def known(self) -> tuple[Device, ...]:
        """For a running server: a file that became unreadable is logged once, and what was last read still counts."""
        try:
            devices = self.devices()
            self._complaint = ""
        except StoreError as error:
            if str(error) != self._complaint:
                log.error("%s Until then the devices of before are known.", error)
            self._complaint = str(error)
            devices = self._devices
        return devices

    def add(self, name: str) -> DeviceKey:
        """A new key for a new device; the caller shows it, nobody can read it again. Raises StoreError."""
        if not _NAME.fullmatch(name):
            raise StoreError(f"{name!r} is no device name: use 1 to 64 letters, digits, '_', '-' or '.'.")
        with self._locked():
            devices = self.devices()
            if any(device.name == name and device.revoked_at is None for device in devices):
                raise StoreError(f"{name!r} already has a key: revoke it first, or choose another name.")
            key = new_key()
            record = Device(id=key.device_id, name=name, key_hash=HASHER.hash(key.secret), added_at=self._clock())
            self._write((*devices, record))
        return key

    def revoke(self, name: str) -> Device:
        """From now on the device's key is refused. Raises StoreError when no live device has that name."""
        with self._locked():
            devices = self.devices()
            live = next((device for device in devices if device.name == name and device.revoked_at is None), None)
            if live is None:
                known = ", ".join(d.name for d in devices if d.revoked_at is None) or "none"
                raise StoreError(f"There is no device {name!r} with a live key: the devices are {known}.")
            revoked = msgspec.structs.replace(live, revoked_at=self._clock())
            self._write(tuple(revoked if device is live else device for device in devices))
        return revoked

    def _stamp(self) -> tuple[int, int, int] | None:
        try:
            stat = self._path.stat()
        except FileNotFoundError:
            return None
        except OSError as error:
            raise StoreError(f"{self._path}: cannot be looked at ({error.strerror}).") from None
        return stat.st_ino, stat.st_mtime_ns, stat.st_size

    def _read(self) -> tuple[Device, ...]:
        try:
            return msgspec.json.decode(self._path.read_bytes(), type=_Contents).devices
        except OSError as error:
            raise StoreError(
                f"{self._path}: cannot be read ({error.strerror}): run this as the user who owns it."
            ) from None
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            raise StoreError(
                f"{self._path}: is no device store ({error}): put back a copy, or add devices anew."
            ) from None

    @contextmanager
    def _locked(self) -> Iterator[None]:
        """Two `device` commands at once take turns. The lock is a file beside the store, which is itself replaced."""
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            handle = os.open(self._path.with_suffix(".lock"), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise StoreError(
                f"{self._path.parent}: cannot be written to ({error.strerror}): give --data a directory of yours."
            ) from None
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield
        finally:
            os.close(handle)

    def _write(self, devices: tuple[Device, ...]) -> None:
        text = msgspec.json.format(msgspec.json.encode(_Contents(devices)), indent=2) + b"\n"
        try:
            replace(self._path, text)
        except OSError as error:
            raise StoreError(f"{self._path}: could not be written ({error.strerror}); nothing was changed.") from None
