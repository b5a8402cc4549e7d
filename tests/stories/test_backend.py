"""The backend as a real process between a real upstream and a device's own TokenSource."""

import asyncio
import json
from pathlib import Path
from typing import Any

import httpx
import pytest

from oyez.session.token import BackendAway, TokenRefused
from tests.doubles.backend import LONG_LIVED, added, command, error, house
from tests.doubles.processes import free_port


async def test_a_device_gets_a_token_for_the_session_that_keeper_and_device_agree_on(tmp_path: Path) -> None:
    """Minted with the long-lived key and a hash for the device; its life is told by one clock."""
    settings = 'token_lifetime_s = 120\n[session]\nmodel = "house-model"\ninstructions = "be brief"\n'
    async with house(tmp_path, settings) as h:
        response = await h.ask(json={"session": {"instructions": "be loud"}, "device_id": "oyez"})
        token = response.json()
        assert response.status_code == 200
        assert response.headers["cache-control"] == "no-store"
        assert token["value"] == "ek_secret0001"
        assert token["expires_at"] - token["issued_at"] == 120
        assert token["realtime_url"] == h.upstream.url.replace("http", "ws") + "/realtime"
        assert (token["model"], token["session_id"]) == ("house-model", "sess_1")
        (seen,) = h.upstream.requests
        assert seen.headers["authorization"] == f"Bearer {LONG_LIVED}"
        assert seen.body["session"] == {"type": "realtime", "model": "house-model", "instructions": "be loud"}
        assert seen.body["expires_after"] == {"anchor": "created_at", "seconds": 120}
        identifier = seen.headers["openai-safety-identifier"]
        assert len(identifier) == 64
        assert h.key.split("_")[1] not in identifier


async def test_devices_added_and_revoked_beside_a_running_server_count_at_once(tmp_path: Path) -> None:
    async with house(tmp_path) as h:
        attic = await added(h.data, "attic")
        assert (await h.ask(attic)).status_code == 200
        code, out, _ = await command("device", "revoke", "attic", "--data", h.data)
        assert code == 0
        assert "attic" in out
        refused = await h.ask(attic)
        assert refused.status_code == 401
        assert error(refused)["code"] == "key_revoked"
        assert (await h.ask()).status_code == 200, "one device's end is not another's"
        code, out, _ = await command("device", "list", "--data", h.data)
        assert [line.split()[1] for line in out.splitlines()] == ["kitchen", "attic"]
        assert attic not in out


@pytest.mark.parametrize(
    ("request_", "status", "code"),
    [
        ({"key": "oyez_0123456789ab_" + "x" * 43}, 401, "invalid_key"),
        ({"key": "x", "headers": {"Authorization": "Basic abc"}}, 401, "key_missing"),
        ({"content": b"{"}, 400, "invalid_request"),
        ({"content": b"[" * 100_000}, 400, "invalid_request"),
        ({"json": {"sesion": {}}}, 400, "invalid_request"),
        ({"json": {"session": []}}, 400, "invalid_request"),
        ({"json": {"device_id": "a b"}}, 400, "invalid_request"),
        ({"json": {"session": {"instrctions": "x"}}}, 400, "invalid_session"),
        ({"json": {"session": {"audio": {"output": {"speed": 99}}}}}, 400, "invalid_session"),
        ({"json": {"session": {"model": "dear"}}}, 403, "model_not_allowed"),
        ({"content": b" " * 131_073}, 413, "body_too_large"),
        ({"data": {"session": "x"}}, 415, "not_json"),
        ({"headers": {"Accept": "text/html"}}, 406, "not_acceptable"),
    ],
)
async def test_a_bad_request_is_refused_at_the_border(
    tmp_path: Path, request_: dict[str, Any], status: int, code: str
) -> None:
    """Each says what was wrong, and the upstream never hears of it."""
    async with house(tmp_path, 'allowed_models = ["gpt-realtime-2.1"]') as h:
        response = await h.ask(**request_)
        assert (response.status_code, error(response)["code"]) == (status, code)
        assert h.upstream.requests == []


async def test_other_addresses_and_methods_are_told_where_to_go(tmp_path: Path) -> None:
    async with house(tmp_path) as h:
        assert (await h.http.get(f"{h.url}/healthz")).json() == {"status": "ok"}
        for response in (
            await h.http.get(f"{h.url}/v1/token"),
            await h.http.post(f"{h.url}/v1/realtime"),
            await h.http.post(f"{h.url}/v1/calls/incoming"),
            await h.http.get(f"{h.url}/v1/calls"),
        ):
            assert response.status_code in (404, 405)
            assert "/v1/token" in error(response)["message"]


async def test_what_goes_wrong_upstream_is_told_by_who_must_act(tmp_path: Path) -> None:
    async with house(tmp_path, "tokens_burst = 50") as h:
        far = h.upstream
        for status, code in [(401, "upstream_key_refused"), (403, "upstream_key_refused"), (400, "upstream_refused")]:
            far.status = status
            response = await h.ask()
            assert (response.status_code, error(response)["code"]) == (502, code)
        far.status, far.headers = 429, {"Retry-After": "7"}
        response = await h.ask()
        assert (response.status_code, response.headers["retry-after"]) == (429, "7")
        far.code = "insufficient_quota"
        assert error(await h.ask())["code"] == "upstream_quota"
        far.status, far.code = 500, ""
        assert error(await h.ask())["code"] == "upstream_away"
        far.status, far.hang = 200, True
        assert error(await h.ask())["code"] == "upstream_away"
        far.hang = False
        assert (await h.ask()).status_code == 200, "no trouble outlives its cause"


async def test_a_hasty_device_is_told_when_to_come_back_and_costs_the_upstream_nothing(tmp_path: Path) -> None:
    async with house(tmp_path, "tokens_per_minute = 1\ntokens_burst = 2") as h:
        assert [(await h.ask()).status_code for _ in range(3)] == [200, 200, 429]
        last = await h.ask()
        assert 50 < error(last)["retry_after_s"] <= 60
        assert 50 < int(last.headers["retry-after"]) <= 60
        assert len(h.upstream.requests) == 2


async def test_a_crashed_upstream_is_away_until_it_is_back(tmp_path: Path) -> None:
    async with house(tmp_path) as h:
        await h.upstream.stop()
        with pytest.raises(BackendAway) as away:
            await h.source().get()
        assert away.value.retry_after_s is not None
        await h.upstream.start()
        assert (await h.source().get()).value == "ek_secret0001"


async def test_a_device_survives_the_backends_kill_and_gets_a_token_from_the_next_one(tmp_path: Path) -> None:
    """kill -9, and again on the same port: same device, same source, no restart of the device."""
    port = free_port()
    async with house(tmp_path, port=port) as h:
        source = h.source()
        first = await source.get()
        await h.backend.kill()
        assert await source.get() == first, "a token that lives needs no backend"
        source.forget()
        with pytest.raises(BackendAway):
            await source.get()
        seen = len(h.backend.lines)
        await h.backend.start()
        await h.backend.line("listening on", after=seen)
        assert (await source.get()).value == "ek_secret0002"
        await source.close()


async def test_a_revoked_device_hears_the_keepers_sentence(tmp_path: Path) -> None:
    async with house(tmp_path) as h:
        await command("device", "revoke", "kitchen", "--data", h.data)
        with pytest.raises(TokenRefused, match="revoked"):
            await h.source().get()


async def test_sigterm_ends_it_while_a_request_hangs(tmp_path: Path) -> None:
    """Exit code 0, although the upstream holds a request for longer than anyone waits."""
    async with house(tmp_path, "") as h:
        h.upstream.hang = True
        hanging = asyncio.create_task(h.ask(), name="hanging request")
        await asyncio.wait_for(h.upstream.asked.wait(), 10)
        assert await h.backend.terminate() == 0
        outcome = (await asyncio.gather(hanging, return_exceptions=True))[0]
        assert isinstance(outcome, httpx.Response | httpx.HTTPError)


async def test_the_log_tells_who_and_what_in_one_json_line(tmp_path: Path) -> None:
    async with house(tmp_path) as h:
        await h.ask()
        line = await h.backend.line('"path":"/v1/token"')
        entry = json.loads(line[line.index("{") :])
        assert (entry["method"], entry["status"], entry["device"], entry["code"]) == ("POST", 200, "kitchen", None)


@pytest.mark.parametrize(
    ("settings", "env", "says"),
    [
        ("token_lifetime_s = 1", {"OPENAI_API_KEY": LONG_LIVED}, "token_lifetime_s"),
        ("", {"OPENAI_API_KEY": ""}, "OPENAI_API_KEY"),
        ('upstream_key_file = "/nonexistent"', {}, "/nonexistent"),
        ('[calls]\ndevice = "k"', {"OPENAI_API_KEY": LONG_LIVED, "OPENAI_WEBHOOK_SECRET": ""}, "OPENAI_WEBHOOK_SECRET"),
        ('[calls]\ndevice = "k"\ntools = "absent_of_all:registry"', {"OPENAI_API_KEY": LONG_LIVED}, "absent_of_all"),
    ],
)
async def test_a_configuration_that_cannot_work_ends_with_78(
    tmp_path: Path, settings: str, env: dict[str, str], says: str
) -> None:
    config = tmp_path / "backend.toml"
    config.write_text(settings)
    code, _, err = await command("serve", "--config", config, "--data", tmp_path, "--port", "0", env=env)
    assert code == 78
    assert says in err
    assert "Traceback" not in err


async def test_a_taken_port_and_a_senseless_order_say_so(tmp_path: Path) -> None:
    async with house(tmp_path) as h:
        taken = h.url.rpartition(":")[2]
        code, _, err = await command("serve", "--port", taken, "--data", h.data, env={"OPENAI_API_KEY": LONG_LIVED})
        assert (code, "--port another" in err) == (1, True)
        code, _, err = await command("device", "add", "kitchen", "--data", h.data)
        assert (code, "already has a key" in err) == (1, True)
        code, _, _ = await command("serve", "--port", "70000")
        assert code == 2
