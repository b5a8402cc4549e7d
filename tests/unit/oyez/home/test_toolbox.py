"""The toolbox: every call is carried out, answered and recorded; a slow one holds up no other."""

import asyncio
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import hypothesis.strategies as st
import msgspec
from hypothesis import given, settings

from oyez.config import ToolCalls
from oyez.events import MuteWished, ToolAnswered, VolumeAsked
from oyez.home.tool_record import LARGEST_BYTES, Recorded, ToolRecord
from oyez_realtime.items import McpCall, McpToolExecutionError
from tests.unit.oyez.home.toolbox_bench import ON, bench, box_of


async def test_a_call_is_answered_only_after_the_broker_has_the_message() -> None:
    async with bench() as b:
        b.mail.open.clear()
        b.box.call("c1", "set_light", ON)
        await b.mail.asked.wait()
        assert b.told.empty()
        b.mail.open.set()
        answer = await b.answer()
        assert b.mail.taken == [("house/light/kitchen_light/set", "ON", True)]
        assert (answer.call_id, answer.name, answer.ok) == ("c1", "set_light", True)
        assert json.loads(answer.output) == {"ok": True, "message": "The kitchen light is on."}


async def test_a_broker_that_is_away_is_told_to_the_model_and_the_next_call_goes_through() -> None:
    async with bench() as b:
        b.mail.away = True
        b.box.call("c1", "set_light", ON)
        refused = await b.answer()
        assert not refused.ok
        assert "nothing was done" in refused.output
        b.mail.away = False
        b.box.call("c2", "set_light", ON)
        assert (await b.answer()).ok


async def test_a_call_that_makes_no_sense_is_refused_with_the_reason_and_publishes_nothing() -> None:
    async with bench() as b:
        b.box.call("c1", "set_light", {"name": "kitchen light"})
        answer = await b.answer()
        assert not answer.ok
        assert "'on'" in answer.output
        assert b.mail.taken == []


async def test_the_volume_is_asked_of_the_house_before_the_answer() -> None:
    async with bench() as b:
        b.box.call("c1", "set_volume", {"percent": 30})
        assert await b.next() == VolumeAsked(0.3)
        assert (await b.answer()).ok


async def test_the_time_is_told_and_nothing_else_happens() -> None:
    async with bench() as b:
        b.box.call("c1", "get_time", {})
        assert "It is " in (await b.answer()).output
        assert b.mail.taken == []


async def test_what_the_device_knows_of_itself_is_told_in_sentences() -> None:
    async with bench() as b:
        said = {}
        for name in ("why_did_you_wake", "what_did_you_hear", "what_is_wrong"):
            b.box.call("c1", name, {})
            said[name] = json.loads((await b.answer()).output)["message"]
        assert said == {
            "why_did_you_wake": "Somebody said it.",
            "what_did_you_hear": "I heard nothing.",
            "what_is_wrong": "The backend is away. The card is gone.",
        }


async def test_louder_ends_at_the_loudest_and_muting_is_a_wish_that_its_answer_goes_before() -> None:
    async with bench() as b:
        b.box.call("c1", "change_volume", {"step": 10})
        assert await b.next() == VolumeAsked(1.0)
        assert "100 percent" in (await b.answer()).output
        b.box.call("c2", "mute_microphone", {})
        assert await b.next() == MuteWished()
        assert "switch it on again" in (await b.answer()).output


async def test_the_volume_is_a_whole_number_of_percent_or_nothing_changes() -> None:
    async with bench() as b:
        for wrong in ({"percent": 101}, {"percent": True}, {}, {"percent": 3, "more": 1}):
            b.box.call("c1", "set_volume", wrong)
            assert not (await b.answer()).ok


async def test_a_slow_tool_holds_up_no_other() -> None:
    async with bench() as b:
        b.mail.open.clear()
        b.box.call("slow", "set_light", ON)
        b.box.call("quick", "get_time", {})
        assert (await b.answer()).call_id == "quick"
        b.mail.open.set()
        assert (await b.answer()).call_id == "slow"


async def test_a_tool_that_does_not_end_is_answered_in_time() -> None:
    async with bench(ToolCalls(timeout_s=0.01)) as b:
        b.mail.open.clear()
        b.box.call("c1", "set_light", ON)
        answer = await b.answer()
        assert not answer.ok
        assert "longer than 0.01 s" in answer.output


async def test_what_is_not_allowed_is_neither_declared_nor_carried_out() -> None:
    async with bench(ToolCalls(allowed=("get_*",))) as b:
        assert [tool["name"] for tool in b.box.declarations()] == ["get_time"]
        b.box.call("c1", "set_light", ON)
        assert not (await b.answer()).ok
        assert b.mail.taken == []


async def test_every_call_is_recorded_with_its_outcome(tmp_path: Path) -> None:
    async with bench(ToolCalls(allowed=("set_*",)), tmp_path) as b:
        for name, arguments in (("set_light", ON), ("set_light", {}), ("get_time", {})):
            b.box.call("c", name, arguments)
            await b.answer()
    lines = (tmp_path / "tool-calls.jsonl").read_bytes().splitlines()
    recorded = [msgspec.json.decode(line, type=Recorded) for line in lines]
    assert [(call.tool, call.outcome) for call in recorded] == [
        ("set_light", "ok"),
        ("set_light", "refused"),
        ("get_time", "refused"),
    ]
    assert recorded[0].arguments == ON
    assert (tmp_path / "tool-calls.jsonl").stat().st_mode & 0o077 == 0


def test_what_the_service_did_with_a_remote_tool_is_recorded_too(tmp_path: Path) -> None:
    """With its server; also what failed, and a call whose arguments are no JSON object."""
    box = box_of(record=ToolRecord(tmp_path))
    box.used_elsewhere(McpCall("m1", "home", "HassTurnOn", '{"name": "lamp"}', output="on"))
    box.used_elsewhere(McpCall("m2", "home", "HassUnlock", "[", error=McpToolExecutionError("no such lock")))
    lines = (tmp_path / "tool-calls.jsonl").read_bytes().splitlines()
    recorded = [msgspec.json.decode(line, type=Recorded) for line in lines]
    assert [(one.server, one.tool, one.arguments, one.outcome, one.output) for one in recorded] == [
        ("home", "HassTurnOn", {"name": "lamp"}, "ok", "on"),
        ("home", "HassUnlock", {"arguments": "["}, "failed", "no such lock"),
    ]


def test_the_record_is_bounded_and_a_folder_that_is_gone_is_survived(tmp_path: Path) -> None:
    call = Recorded(at=datetime.now(UTC), tool="t", arguments={"text": "x" * 10_000}, outcome="ok")
    record = ToolRecord(tmp_path)
    for _ in range(100):
        record.write(call)
    assert sum(file.stat().st_size for file in tmp_path.iterdir()) < 2 * LARGEST_BYTES + 20_000
    ToolRecord(tmp_path / "gone").write(call)


async def test_calls_are_carried_out_in_the_order_in_which_they_came() -> None:
    async with bench() as b:
        for n in range(5):
            b.box.call(f"c{n}", "set_light", {"name": f"light {n}", "on": False})
        assert [(await b.answer()).call_id for _ in range(5)] == [f"c{n}" for n in range(5)]
        assert [topic for topic, _, _ in b.mail.taken] == [f"house/light/light_{n}/set" for n in range(5)]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
ARGUMENTS = st.dictionaries(st.sampled_from(["name", "on", "percent", "x"]), JSON, max_size=3)


@given(st.sampled_from(["set_light", "set_volume", "get_time", "nonsense", ""]), ARGUMENTS)
@settings(max_examples=150, deadline=None)
def test_whatever_a_model_calls_gets_exactly_one_answer(name: str, arguments: dict[str, Any]) -> None:
    async def live() -> None:
        async with bench() as b:
            b.box.call("c1", name, arguments)
            b.box.call("c2", name, arguments)
            answers: list[ToolAnswered] = []
            while len(answers) < 2:
                event = await b.next()
                if isinstance(event, ToolAnswered):
                    answers.append(event)
            assert {answer.call_id for answer in answers} == {"c1", "c2"}
            assert json.loads(answers[0].output)["ok"] is answers[0].ok

    asyncio.run(live())
