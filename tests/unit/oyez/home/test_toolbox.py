"""The toolbox: every call is carried out, answered and recorded; a slow one holds up no other."""

import asyncio
import json
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import hypothesis.strategies as st
import msgspec
import pytest
from hypothesis import given, settings

from oyez.config import HomeAssistant, Parameter, Tool, ToolCalls
from oyez.errors import ConfigError, ServiceAway
from oyez.events import ApprovalAsked, Event, MuteWished, ToolAnswered, VolumeAsked
from oyez.home.builtin import Insight, builtin
from oyez.home.declared import Declared
from oyez.home.fetching import Fetcher
from oyez.home.functions import Functions
from oyez.home.plugins import load
from oyez.home.source import Source
from oyez.home.tool_record import LARGEST_BYTES, Recorded, ToolRecord
from oyez.home.toolbox import TWICE_S, WAITS_ALREADY, Toolbox
from oyez.home.topics import Message
from oyez_realtime.items import McpCall, McpToolExecutionError
from oyez_realtime.tools import ToolRegistry

LIGHT = Tool(
    name="set_light",
    description="Switch a light.",
    topic="house/light/{name}/set",
    payload="{on}",
    answer="The {name} is {on}.",
    retain=True,
    parameters={"name": Parameter(), "on": Parameter(type="boolean")},
)
ON = {"name": "kitchen light", "on": True}
DOOR = Tool(
    name="open_door",
    description="Open a door.",
    topic="house/door/{name}",
    confirm="Shall I open the {name}?",
    parameters={"name": Parameter()},
)
INSIGHT = Insight(
    why_awake=lambda: "Somebody said it.",
    heard=lambda: "I heard nothing.",
    troubles=lambda: ["The backend is away.", "The card is gone."],
    volume=lambda: 0.95,
)


class Mail:
    """A broker that takes messages, slowly or not at all, and remembers them."""

    def __init__(self) -> None:
        self.taken: list[tuple[str, str, bool]] = []
        self.away = False
        self.open = asyncio.Event()
        self.open.set()
        self.asked = asyncio.Event()

    tells_where_to_answer = False

    def watch(self, pattern: str, on_message: Any) -> Any:
        raise AssertionError("no answers here")

    unwatch = watch

    async def publish(self, message: Message) -> None:
        self.asked.set()
        await self.open.wait()
        if self.away:
            raise ServiceAway("The broker is away.")
        self.taken.append((message.topic, message.payload.decode(), message.retain))


def functions(rules: ToolCalls, tell: Any = print) -> list[Source]:
    own = builtin(tell, lambda: datetime.now(UTC), INSIGHT)
    return [Functions(registry) for registry in (own, *load(rules.python))]


def declared(mail: Any, *tools: Tool) -> Declared:
    return Declared(tools, mail, Fetcher(httpx.AsyncClient(), {}, HomeAssistant()))


def box_of(*tools: Tool, rules: ToolCalls | None = None, record: ToolRecord | None = None) -> Toolbox:
    rules = rules or ToolCalls()
    return Toolbox([*functions(rules), declared(Mail(), *tools)], rules, print, record or ToolRecord(None))


class Bench:
    def __init__(self, rules: ToolCalls, folder: Path | None) -> None:
        self.mail = Mail()
        self.told: asyncio.Queue[Event] = asyncio.Queue()
        self.now_s = 0.0
        sources = [*functions(rules, self.told.put_nowait), declared(self.mail, LIGHT, DOOR)]
        self.box = Toolbox(sources, rules, self.told.put_nowait, ToolRecord(folder), clock=lambda: self.now_s)

    async def next(self) -> Event:
        async with asyncio.timeout(5):
            return await self.told.get()

    async def answer(self) -> ToolAnswered:
        event = await self.next()
        assert isinstance(event, ToolAnswered)
        return event


@asynccontextmanager
async def bench(rules: ToolCalls | None = None, folder: Path | None = None) -> AsyncIterator[Bench]:
    set_up = Bench(rules or ToolCalls(), folder)
    running = asyncio.create_task(set_up.box.run())
    try:
        yield set_up
        assert not running.done(), "the toolbox fell over"
    finally:
        running.cancel()
        await asyncio.wait([running])


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


registry = ToolRegistry()


@registry.tool
def water_plants(litres: int) -> str:
    """Water the plants."""
    return f"{litres} litres given."


async def test_a_typed_python_function_of_the_owner_is_a_tool() -> None:
    async with bench(ToolCalls(python=(f"{__name__}:registry",))) as b:
        (declared,) = [tool for tool in b.box.declarations() if tool["name"] == "water_plants"]
        assert declared["parameters"]["properties"] == {"litres": {"type": "integer"}}
        b.box.call("c1", "water_plants", {"litres": 2})
        assert json.loads((await b.answer()).output) == {"ok": True, "message": "2 litres given."}


@pytest.mark.parametrize("place", ["no_such_module:registry", f"{__name__}:LIGHT", f"{__name__}:nothing"])
def test_a_registry_that_cannot_be_loaded_is_named_at_the_start(place: str) -> None:
    with pytest.raises(ConfigError, match=place):
        box_of(rules=ToolCalls(python=(place,)))


def test_a_registry_that_ends_its_program_does_not_end_the_device_without_a_word(tmp_path: Path) -> None:
    """A script that was written to be run, not imported."""
    (tmp_path / "a_script_of_the_owner.py").write_text("import sys\nsys.exit(3)\n")
    sys.path.insert(0, str(tmp_path))
    try:
        with pytest.raises(ConfigError, match="a_script_of_the_owner:registry cannot be loaded"):
            box_of(rules=ToolCalls(python=("a_script_of_the_owner:registry",)))
    finally:
        sys.path.remove(str(tmp_path))


def test_two_tools_of_one_name_are_refused_at_the_start() -> None:
    """The service would take neither, or one of them, and nobody would know which."""
    clock = Tool(name="get_time", description="Another clock.", topic="house/clock")
    with pytest.raises(ConfigError, match="get_time"):
        box_of(clock)


def test_a_rule_that_allows_no_tool_is_told(caplog: pytest.LogCaptureFixture) -> None:
    """A slip of the pen in `tool_calls.allowed` would else switch a tool off in silence."""
    box_of(LIGHT, rules=ToolCalls(allowed=("set_*", "get_tiem")))
    (warning,) = [record.message for record in caplog.records]
    assert "get_tiem" in warning
    assert "get_time" in warning


async def test_calls_are_carried_out_in_the_order_in_which_they_came() -> None:
    async with bench() as b:
        for n in range(5):
            b.box.call(f"c{n}", "set_light", {"name": f"light {n}", "on": False})
        assert [(await b.answer()).call_id for _ in range(5)] == [f"c{n}" for n in range(5)]
        assert [topic for topic, _, _ in b.mail.taken] == [f"house/light/light_{n}/set" for n in range(5)]


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
