"""Is this key a device's? Slow once (argon2id), quick after that, and the same effort for an unknown device."""

import asyncio
import hashlib
import hmac
import secrets
from collections import OrderedDict

from argon2.exceptions import InvalidHashError, VerificationError

from oyez_backend.device_store import HASHER, Device, DeviceStore
from oyez_backend.keys import DeviceKey, parse_key
from oyez_backend.refusal import Refusal

CACHE_SIZE = 1024
AT_ONCE = 2
"""argon2 runs; each costs a core and 19 MiB."""
WAITING = 32

INVALID = (
    "The device key is not known to this backend: run `oyez-backend device add NAME` there and install the new key."
)
REVOKED = "The key of this device was revoked by the backend's keeper: ask them for a new one."


class KeyVerifier:
    """Loop only. The cache lives in memory, under a hash keyed anew by each process, and holds no key."""

    def __init__(self, store: DeviceStore) -> None:
        self._store = store
        self._cache_key = secrets.token_bytes(32)
        self._known: OrderedDict[bytes, str] = OrderedDict()
        self._slots = asyncio.Semaphore(AT_ONCE)
        self._waiting = 0
        # An unknown device is checked against this, so that the time tells nobody which ids exist.
        self._decoy = HASHER.hash(secrets.token_urlsafe(32))

    async def verify(self, text: str | None) -> Device:
        """Raises Refusal: 401 for a missing, wrong or revoked key, 503 when too many keys are being checked."""
        if text is None:
            raise Refusal(
                401, "key_missing", "The request carries no device key: send it as `Authorization: Bearer KEY`."
            )
        key = parse_key(text)
        if key is None:
            raise Refusal(401, "invalid_key", INVALID)
        device = self._store.find(key.device_id)
        fits = await self._fits(key, device)
        if device is None or not fits:
            raise Refusal(401, "invalid_key", INVALID)
        if device.revoked_at is not None:
            raise Refusal(401, "key_revoked", REVOKED)
        return device

    async def _fits(self, key: DeviceKey, device: Device | None) -> bool:
        seal = hmac.digest(self._cache_key, key.reveal().encode(), hashlib.sha256)
        key_hash = device.key_hash if device is not None else self._decoy
        if device is not None and self._known.get(seal) == key_hash:
            self._known.move_to_end(seal)
            return True
        if not await self._check_slowly(key_hash, key.secret) or device is None:
            return False
        self._known[seal] = key_hash
        if len(self._known) > CACHE_SIZE:
            self._known.popitem(last=False)
        return True

    async def _check_slowly(self, key_hash: str, secret: str) -> bool:
        if self._waiting >= WAITING:
            raise Refusal(503, "busy", "The backend is checking too many keys at once: try again in a moment.", 2.0)
        self._waiting += 1
        try:
            async with self._slots:
                return await asyncio.to_thread(_matches, key_hash, secret)
        finally:
            self._waiting -= 1


def _matches(key_hash: str, secret: str) -> bool:
    try:
        return HASHER.verify(key_hash, secret)
    except (VerificationError, InvalidHashError):
        return False
