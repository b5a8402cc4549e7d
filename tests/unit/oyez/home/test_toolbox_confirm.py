"""Calls that wait for a person: made once, after the yes, or not at all."""

from pathlib import Path

from oyez.config import ToolCalls
from oyez.events import ApprovalAsked
from oyez.home.toolbox import TWICE_S, WAITS_ALREADY
from tests.unit.oyez.home.toolbox_bench import ON, bench


async def test_a_call_that_needs_a_yes_waits_for_it_and_is_carried_out_then() -> None:
    async with bench() as b:
        b.box.call("c1", "open_door", {"name": "front door"})
        wish = await b.next()
        question = "Shall I open the front door?"
        assert wish == ApprovalAsked("c1", "", "open_door", {"name": "front door"}, question, own=True)
        assert b.mail.taken == []
        b.box.approve_tool("c1", True)
        assert (await b.answer()).ok
        assert [topic for topic, _, _ in b.mail.taken] == ["house/door/front_door"]


async def test_a_refusal_is_answered_with_why_and_nothing_is_done(tmp_path: Path) -> None:
    async with bench(folder=tmp_path) as b:
        b.box.call("c1", "open_door", {"name": "front door"})
        await b.next()
        b.box.approve_tool("c1", False, "nobody agreed in time")
        answer = await b.answer()
        assert not answer.ok
        assert "nobody agreed in time" in answer.output
        assert b.mail.taken == []
    assert b'"outcome":"refused"' in (tmp_path / "tool-calls.jsonl").read_bytes()


async def test_nobody_is_asked_about_what_makes_no_sense_or_is_not_allowed() -> None:
    async with bench(ToolCalls(allowed=("open_*", "get_*"))) as b:
        for name, arguments in (("open_door", {"name": 3}), ("open_door", {}), ("set_light", ON)):
            b.box.call("c1", name, arguments)
            assert not (await b.answer()).ok


async def test_a_model_that_hears_the_yes_and_calls_again_does_nothing_twice() -> None:
    async with bench() as b:
        b.box.call("c1", "open_door", {"name": "front door"})
        await b.next()
        b.box.call("c2", "open_door", {"name": "front door"})
        assert WAITS_ALREADY in (await b.answer()).output
        b.box.approve_tool("c1", True)
        assert (await b.answer()).call_id == "c1"
        b.box.call("c3", "open_door", {"name": "front door"})
        assert (await b.answer()).ok
        assert len(b.mail.taken) == 1
        b.now_s += TWICE_S
        b.box.call("c4", "open_door", {"name": "front door"})
        assert isinstance(await b.next(), ApprovalAsked), "that is a wish of its own"


async def test_an_answer_that_nobody_waits_for_changes_nothing() -> None:
    async with bench() as b:
        b.box.approve_tool("c1", True)
        b.box.call("c1", "open_door", {"name": "front door"})
        await b.next()
        b.box.approve_tool("c1", False)
        b.box.approve_tool("c1", True)
        assert not (await b.answer()).ok
        assert b.mail.taken == []
