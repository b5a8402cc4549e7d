"""A fresh Home Assistant gets its owner, a token that lasts, and its broker: as a browser does it."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import httpx

from tests.peers.home_assistant.api import Api, Refused

OWNER = {"name": "Owner", "username": "owner", "password": "only-on-loopback", "language": "en"}
STARTED_WITHIN_S = 120.0
ONBOARDING: dict[str, Any] = {
    "version": 4,
    "minor_version": 1,
    "key": "onboarding",
    "data": {"done": ["core_config", "integration", "analytics"]},
}
"""The file .storage/onboarding: all steps but the owner's are done, since the others begin services of the internet."""
BROKER_FORM = {"set_client_cert": False, "set_ca_cert": "off", "transport": "tcp"}


async def until(look: Callable[[], Awaitable[bool]]) -> None:
    """Asks until it is so. It tells nobody when it is ready: there is no event to wait for before it listens."""
    async with asyncio.timeout(STARTED_WITHIN_S):
        while True:
            if await look():
                return
            await asyncio.sleep(0.2)


async def listening(url: str) -> None:
    """Returns when it answers at all."""

    async def answers() -> bool:
        try:
            await client.get(f"{url}/manifest.json")
        except httpx.TransportError:
            return False
        return True

    async with httpx.AsyncClient() as client:
        await until(answers)


async def own(url: str) -> Api:
    """Makes the owner, and a token of theirs."""
    made = await _post(f"{url}/api/onboarding/users", json={**OWNER, "client_id": f"{url}/"})
    return await _lasting(url, made["auth_code"])


async def resident(owner: Api) -> Api:
    """Another user, without the rights of an administrator, and a token of theirs: what a voice is given."""
    login = {"username": "voice", "password": "only-on-loopback"}
    made = await owner.command("config/auth/create", name="Voice", group_ids=["system-users"])
    await owner.command("config/auth_provider/homeassistant/create", user_id=made["user"]["id"], **login)
    client = {"client_id": f"{owner.url}/"}
    begin = {**client, "handler": ["homeassistant", None], "redirect_uri": f"{owner.url}/"}
    flow = await _post(f"{owner.url}/auth/login_flow", json=begin)
    done = await _post(f"{owner.url}/auth/login_flow/{flow['flow_id']}", json={**client, **login})
    return await _lasting(owner.url, done["result"])


async def _lasting(url: str, code: str) -> Api:
    """code: of a login that went well."""
    grant = {"client_id": f"{url}/", "grant_type": "authorization_code", "code": code}
    short = Api(url, (await _post(f"{url}/auth/token", data=grant))["access_token"])
    return Api(url, await short.command("auth/long_lived_access_token", client_name="oyez peers", lifespan=1))


async def _post(url: str, **content: Any) -> dict[str, Any]:
    async with httpx.AsyncClient(timeout=30.0) as client:
        answer = await client.post(url, **content)
    answer.raise_for_status()
    fields: dict[str, Any] = answer.json()
    return fields


async def keep_address(api: Api) -> None:
    """Says that it can be reached: where nobody does, Home Assistant takes a new port back after five minutes."""
    await api.command("http/config/promote")


async def started(api: Api) -> None:
    """All that it loads at the start is loaded."""

    async def runs() -> bool:
        return bool((await api.get("config"))["state"] == "RUNNING")

    await until(runs)


async def add(api: Api, domain: str, answers: dict[str, Any]) -> None:
    """Sets up an integration: its form is filled with `answers`."""
    step = await api.post("config/config_entries/flow", {"handler": domain})
    while step["type"] == "form":
        if step.get("errors"):
            raise Refused(f"{domain}: {step['errors']}")
        step = await api.post(f"config/config_entries/flow/{step['flow_id']}", answers)
    if step["type"] != "create_entry":
        raise Refused(f"{domain}: {step}")


async def add_broker(api: Api, port: int) -> None:
    await add(api, "mqtt", {"broker": "127.0.0.1", "port": port, "protocol": "5", "other_settings": BROKER_FORM})


async def connected(api: Api) -> None:
    """Its MQTT integration is up: at a restart that is some seconds after the start."""

    async def loaded() -> bool:
        (entry,) = await api.get("config/config_entries/entry?domain=mqtt")
        return bool(entry["state"] == "loaded")

    await until(loaded)
