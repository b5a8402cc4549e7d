"""The backend answers the telephone: a real process, signed webhooks over HTTP, the sideband over a socket."""

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest

from tests.doubles.scripted_realtime import Close, Expect, Silence, Step, Vanish
from tests.doubles.telephone import LONG_LIVED, OPENED, Telephone, begun, done, playing, telephone, tool_call

FAREWELL = {"oyez": "farewell"}


def farewell(event: dict[str, Any]) -> bool:
    response = event["response"]
    return response["metadata"] == FAREWELL and "Until tomorrow." in response["instructions"]


def code(response: Any) -> tuple[int, str]:
    return response.status_code, response.json()["error"]["code"]


async def gone(house: Telephone) -> None:
    """It was told to be over, and nothing of it is left."""
    await house.audited("ended")
    assert await house.live() == []


async def test_a_call_is_answered_helped_and_politely_ended_when_the_days_budget_is_used_up(tmp_path: Path) -> None:
    """Rung, accepted, tool carried out, answered, budget reached, farewell said, hung up; the next call is declined."""
    settings = """
budget_day_usd = 0.05
farewell = "Until tomorrow."
greeting = "Say hello."
tools = "house_tools:registry"
[calls.session]
instructions = "You are the house."
audio.output.voice = "marin"
[devices.kitchen]
tools = ["light"]
"""
    said = "the light in the hall is on"
    script: list[Step] = [
        OPENED,
        Expect("response.create", lambda e: e["response"]["instructions"] == "Say hello."),
        begun("r1"),
        done("r1", tool_call("c1", "light", {"room": "hall", "on": True}), tokens=100),
        Expect("conversation.item.create", lambda e: (e["item"]["call_id"], e["item"]["output"]) == ("c1", said)),
        Expect("response.create", lambda e: "response" not in e),
        begun("r2"),
        done("r2", tokens=700),
        Expect("session.update", lambda e: e["session"]["audio"]["input"] == {"turn_detection": None}),
        Expect("response.create", farewell),
        begun("r3", metadata=FAREWELL),
        playing("r3", "started"),
        done("r3", tokens=1),
        playing("r3", "stopped"),
        Silence(),
    ]
    async with telephone(tmp_path, settings, script) as house:
        assert (await house.rings()).json() == {"status": "accepted"}
        accepted = await house.upstream.ordered("rtc_1", "accept")
        assert (accepted["type"], accepted["model"]) == ("realtime", "gpt-realtime-2.1")
        assert (accepted["instructions"], accepted["audio"]["output"]["voice"]) == ("You are the house.", "marin")
        assert [tool["name"] for tool in accepted["tools"]] == ["light"], "the door is not the kitchen's to open"
        await house.upstream.ordered("rtc_1", "hangup")
        await gone(house)
        assert house.sideband.paths == ["/v1/realtime?call_id=rtc_1"]
        assert house.sideband.headers[0]["authorization"] == f"Bearer {LONG_LIVED}"
        assert (await house.audited("ended"))["why"] == "budget"
        tool = await house.audited("tool")
        assert (tool["name"], tool["ok"]) == ("light", True)
        assert "hall" not in "\n".join(house.backend.lines), "what was said is nobody's log's business"
        assert (await house.rings("rtc_2")).json() == {"status": "rejected"}
        assert await house.upstream.ordered("rtc_2", "reject") == {"status_code": 603}
        kept = json.loads((house.data / "calls.json").read_text())
        assert (kept["spent"], kept["live"]) == ({"kitchen": "0.051264"}, [])


@pytest.mark.parametrize("caller", ["sip:+4912345@trunk.test", '"+493012345" <sip:mallory@x>', "anonymous"])
async def test_a_caller_who_is_not_named_is_declined(tmp_path: Path, caller: str) -> None:
    async with telephone(tmp_path, "reject_status = 480") as house:
        assert (await house.rings(caller=caller)).json() == {"status": "rejected"}
        assert await house.upstream.ordered("rtc_1", "reject") == {"status_code": 480}
        assert [order for _, order, _ in house.upstream.calls] == ["reject"]


async def test_what_is_not_signed_by_the_service_does_nothing(tmp_path: Path) -> None:
    """Forged, stale, unsigned, malformed, too large: each is told apart, and the upstream never hears of it."""
    async with telephone(tmp_path, "") as house:
        assert code(await house.rings(secret="whsec_" + "A" * 32)) == (401, "webhook_forged")
        assert code(await house.rings(age_s=301)) == (401, "webhook_stale")
        assert code(await house.rings(age_s=-301)) == (401, "webhook_stale")
        unsigned = await house.http.post(f"{house.url}/v1/calls/incoming", content=b"{}")
        assert code(unsigned) == (401, "webhook_unsigned")
        for body in (
            b"{",
            b"[]",
            b"\xff",
            b"[" * 100_000,
            b'{"type":"realtime.call.incoming","data":{"call_id":"a/b"}}',
        ):
            assert code(await house.webhook(body)) == (400, "invalid_event")
        assert code(await house.webhook(b" " * 131_073)) == (413, "body_too_large")
        other = await house.webhook(b'{"type":"batch.completed","id":"evt_9","data":{}}')
        assert (other.status_code, other.json()) == (200, {"status": "ignored"})
        assert house.upstream.requests == []
        assert await house.live() == []


async def test_a_delivery_that_comes_twice_is_acted_upon_once(tmp_path: Path) -> None:
    """By its id, and by the call that is live; the sender hears 200 and stops trying."""
    async with telephone(tmp_path, "", [OPENED, Silence()]) as house:
        answers = [await house.rings(webhook_id="wh_1"), await house.rings(webhook_id="wh_1"), await house.rings()]
        assert [a.json()["status"] for a in answers] == ["accepted", "duplicate", "duplicate"]
        assert {a.status_code for a in answers} == {200}
        await house.sideband.opened(1)
        assert [order for _, order, _ in house.upstream.calls] == ["accept"]


async def test_a_device_sees_passes_on_and_ends_its_calls_and_another_does_not(tmp_path: Path) -> None:
    async with telephone(tmp_path, 'refer_to = ["tel:+4930*"]', [OPENED, Silence()]) as house:
        await house.rings()
        await house.sideband.opened(1)
        (view,) = await house.live("desk")
        assert (view["call_id"], view["state"], view["device"]) == ("rtc_1", "talking", "kitchen")
        assert view["caller"] == "+493012345@trunk.test"
        foreign = await house.http.get(f"{house.url}/v1/calls", headers=house.key("attic"))
        assert code(foreign) == (403, "not_your_calls")
        assert code(await house.http.get(f"{house.url}/v1/calls")) == (401, "key_missing")
        assert code(await house.order("hangup", "attic")) == (403, "not_your_calls")
        assert code(await house.order("hangup", call_id="rtc_9")) == (404, "no_such_call")
        assert code(await house.order("reject")) == (409, "call_answered")
        assert code(await house.order("refer", json={"target_uri": "tel:+1900"})) == (403, "target_not_allowed")
        for body in (b"{", b"{}", b'{"target_uri":"http://x"}', b'{"target_uri":"tel:1","x":1}'):
            assert code(await house.order("refer", content=body)) == (400, "invalid_request")
        assert (await house.order("refer", json={"target_uri": "tel:+493099"})).json() == {"status": "referred"}
        assert await house.upstream.ordered("rtc_1", "refer") == {"target_uri": "tel:+493099"}
        assert (await house.order("hangup", "desk")).json() == {"status": "ended"}
        assert await house.live() == []
        assert (await house.audited("hangup"))["by"] == "desk"
        assert [order for _, order, _ in house.upstream.calls] == ["accept", "refer", "hangup"]


async def test_a_call_that_still_rings_can_be_declined(tmp_path: Path) -> None:
    async with telephone(tmp_path, "") as house:
        house.upstream.hang = True
        await house.rings()
        async with asyncio.timeout(10):
            await house.upstream.asked.wait()
        assert [view["state"] for view in await house.live()] == ["ringing"]
        assert code(await house.order("hangup")) == (409, "call_rings")
        assert code(await house.order("reject", json={"status_code": 200})) == (400, "invalid_request")
        house.upstream.hang = False
        assert (await house.order("reject", json={"status_code": 486})).json() == {"status": "rejected"}
        assert await house.upstream.ordered("rtc_1", "reject") == {"status_code": 486}
        assert await house.live() == []


async def test_one_call_too_many_is_busy_and_one_whose_caller_gave_up_leaves_nothing(tmp_path: Path) -> None:
    async with telephone(tmp_path, "max_live = 1") as house:
        house.upstream.call_status["accept"] = 404
        await house.rings("rtc_0")
        assert (await house.audited("accept_failed"))["code"] == "call_id_not_found"
        assert (await house.audited("ended"))["why"] == "not_accepted"
        house.upstream.call_status.clear()
        house.upstream.hang = True
        await house.rings()
        assert (await house.rings("rtc_2")).json() == {"status": "rejected"}
        assert '"call":"rtc_2"' in await house.backend.line('"refused":"busy"')


async def test_time_is_up_after_a_word(tmp_path: Path) -> None:
    script: list[Step] = [
        OPENED,
        begun("r1"),
        Expect("session.update"),
        Expect("response.cancel"),
        done("r1"),
        Expect("response.create", farewell),
        begun("r2", metadata=FAREWELL),
        playing("r2", "started"),
        done("r2"),
        playing("r2", "stopped"),
        Silence(),
    ]
    async with telephone(tmp_path, 'max_call_s = 1\nfarewell = "Until tomorrow."', script) as house:
        await house.rings()
        await house.upstream.ordered("rtc_1", "hangup")
        await gone(house)
        assert (await house.audited("ended"))["why"] == "time"


async def test_a_caller_who_hangs_up_is_let_go(tmp_path: Path) -> None:
    async with telephone(tmp_path, "", [OPENED, Close(1000)]) as house:
        await house.rings()
        await gone(house)
        assert (await house.audited("ended"))["why"] == "caller"
        assert [order for _, order, _ in house.upstream.calls] == ["accept"]
        assert json.loads((house.data / "calls.json").read_text())["live"] == []


async def test_a_sideband_that_breaks_is_joined_again_and_the_tools_still_work(tmp_path: Path) -> None:
    again: list[Step] = [
        OPENED,
        begun("r2"),
        done("r2", tool_call("c2", "door", {})),
        Expect("conversation.item.create", lambda e: e["item"]["output"] == "open"),
        Expect("response.create"),
        Silence(),
    ]
    async with telephone(tmp_path, 'tools = "house_tools:registry"', [OPENED, Vanish()], again) as house:
        await house.rings()
        await house.sideband.wait_received(2)
        assert len(house.sideband.paths) == 2


async def test_a_sideband_that_is_refused_ends_the_call_rather_than_leave_it_alone(tmp_path: Path) -> None:
    async with telephone(tmp_path, "", [Close(4000)]) as house:
        await house.rings()
        await house.upstream.ordered("rtc_1", "hangup")
        assert (await house.audited("ended"))["why"] == "sideband_lost"


async def test_the_end_of_the_backend_is_the_end_of_its_calls(tmp_path: Path) -> None:
    """On SIGTERM at once; after kill -9 by the next process."""
    async with telephone(tmp_path, "", [OPENED, Silence()], [OPENED, Silence()]) as house:
        await house.rings("rtc_1")
        await house.sideband.opened(1)
        assert await house.backend.terminate() == 0
        assert await house.upstream.ordered("rtc_1", "hangup") == {}
        await house.backend.start()
        seen = len(house.backend.lines)
        house.url = (await house.backend.line("listening on", after=seen)).removeprefix("listening on ")
        await house.rings("rtc_2")
        await house.sideband.opened(2)
        await house.backend.kill()
        assert [call_id for call_id, order, _ in house.upstream.calls if order == "hangup"] == ["rtc_1"]
        await house.backend.start()
        assert await house.upstream.ordered("rtc_2", "hangup") == {}
