"""Who is let in: the right key, quickly the second time, and never after it was revoked."""

import asyncio
from pathlib import Path

import pytest

from oyez_backend.device_store import DeviceStore
from oyez_backend.key_verifier import AT_ONCE, WAITING, KeyVerifier
from oyez_backend.keys import new_key
from oyez_backend.refusal import Refusal


def house(tmp_path: Path) -> tuple[DeviceStore, KeyVerifier, str]:
    store = DeviceStore(tmp_path, lambda: 0.0)
    key = store.add("kitchen").reveal()
    return store, KeyVerifier(store), key


async def refused(verifier: KeyVerifier, key: str | None) -> str:
    with pytest.raises(Refusal) as caught:
        await verifier.verify(key)
    assert caught.value.status == 401
    return caught.value.code


async def test_the_right_key_is_its_device_again_and_again(tmp_path: Path) -> None:
    _, verifier, key = house(tmp_path)
    assert (await verifier.verify(key)).name == "kitchen"
    assert (await verifier.verify(key)).name == "kitchen"


async def test_missing_malformed_unknown_and_wrong_keys_are_refused(tmp_path: Path) -> None:
    _, verifier, key = house(tmp_path)
    assert await refused(verifier, None) == "key_missing"
    assert await refused(verifier, "sk-something") == "invalid_key"
    assert await refused(verifier, new_key().reveal()) == "invalid_key"
    assert await refused(verifier, key[:-1] + ("A" if key[-1] != "A" else "B")) == "invalid_key"


async def test_a_revoked_key_is_refused_at_once_although_it_was_remembered(tmp_path: Path) -> None:
    store, verifier, key = house(tmp_path)
    await verifier.verify(key)
    store.revoke("kitchen")
    assert await refused(verifier, key) == "key_revoked"


async def test_only_the_holder_of_a_revoked_key_learns_that_it_was_revoked(tmp_path: Path) -> None:
    store, verifier, key = house(tmp_path)
    store.revoke("kitchen")
    assert await refused(verifier, key[:-1] + ("A" if key[-1] != "A" else "B")) == "invalid_key"


async def test_a_flood_of_wrong_keys_is_bounded_and_known_devices_still_get_in(tmp_path: Path) -> None:
    _, verifier, key = house(tmp_path)
    await verifier.verify(key)
    wrong = [asyncio.create_task(verifier.verify(new_key().reveal())) for _ in range(WAITING + AT_ONCE + 5)]
    await asyncio.sleep(0)
    assert (await verifier.verify(key)).name == "kitchen"
    outcomes = await asyncio.gather(*wrong, return_exceptions=True)
    statuses = [outcome.status for outcome in outcomes if isinstance(outcome, Refusal)]
    assert sorted(set(statuses)) == [401, 503]
    assert statuses.count(401) == WAITING
