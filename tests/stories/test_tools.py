"""Stories of tools in the whole daemon: slow ones, failing ones, remote ones that somebody here must agree to."""

import json
import re
from pathlib import Path
from typing import Any

from oyez import actions as do, events as ev
from oyez.config import Mcp, ToolCalls
from oyez.secret import Secret
from tests.doubles.house_tools import new_machine
from tests.doubles.mcp_server import TOKEN, McpServer, mcp_server
from tests.doubles.onlooker import Onlooker, onlooker
from tests.doubles.speech import say as speech
from tests.stories.theatre import Theatre, patient, theatre
from tests.stories.understanding import understood

START, DIM = "Hey Jarvis, start the washing machine.", "Dim the lights to thirty percent."
ON, OFF, AGAIN = "Hey Jarvis, turn on the kitchen light.", "Turn off the kitchen light.", "Turn on the kitchen light."
REFUSED = "i will not do that"


def facts(play: Theatre, kind: type[object], after: int = 0) -> list[Any]:
    return [fact for _, fact in play.facts[after:] if isinstance(fact, kind)]


async def heard_next(play: Theatre, after: int) -> str:
    """What a person understood of the next thing that the device says, to its end."""
    audible = await play.told(ev.ReplyAudible, after=after)
    finished = await play.told(ev.PlaybackFinished, after=play.facts.index((play.moment(audible), audible)))
    assert play.board.room is not None
    words = await understood(play.board.room, play.moment(audible), play.moment(finished))
    return " ".join(re.sub(r"[^\w\s]", " ", words.lower()).split())


def asked_at_server(play: Theatre, since: int = 0) -> int:
    return sum(line["type"] == "response.create" for line in play.at_server()[since:])


async def test_a_slow_tool_is_bridged_by_a_word_and_a_failing_one_is_told_to_the_model(tmp_path: Path) -> None:
    """The word comes while the tool still runs, then one answer and no second one; why the other failed reaches the
    model as text; both calls stand in the record on the device."""
    for words in (START, DIM):
        speech(words)
    machine = new_machine()
    rules = ToolCalls(python=("tests.doubles.house_tools:registry",))
    async with theatre(tmp_path, memory=tmp_path, tools=[], tool_calls=rules) as play:
        play.say(START)
        filler = await play.told(do.SayFiller)
        assert "moment" in await heard_next(play, play.facts.index((play.moment(filler), filler)))
        assert facts(play, ev.ToolAnswered) == [], "the machine does not run yet"
        place = play.now
        machine.runs.set()
        assert "washing machine is running" in await heard_next(play, place)
        assert [command.lower() for command in machine.started] == ["start the washing machine"]
        assert asked_at_server(play) == 2, "the word, and the answer"

        place, seen = play.now, len(play.at_server())
        play.say(DIM)
        failed = await play.told(ev.ToolAnswered, after=place, name="dim_light")
        assert not failed.ok
        await play.told(ev.PlaybackFinished, after=place)
        outputs = [line["event"]["item"] for line in play.at_server()[seen:] if is_output(line)]
        assert ["no power" in item["output"] for item in outputs] == [True]
        assert asked_at_server(play, seen) == 1
        recorded = [json.loads(line) for line in (tmp_path / "tool-calls.jsonl").read_text().splitlines()]
        assert [(call["tool"], call["outcome"]) for call in recorded] == [
            ("run_house_command", "ok"),
            ("dim_light", "failed"),
        ]


def is_output(line: dict[str, Any]) -> bool:
    """The server took the output of a tool into the conversation."""
    added = line["type"] == "conversation.item.added"
    return added and bool(line["event"]["item"]["type"] == "function_call_output")


async def test_a_remote_tool_is_used_only_if_somebody_agrees(tmp_path: Path) -> None:
    """Asked aloud and shown on MQTT: a spoken yes does it once and its result is spoken; a refusal by hand, or nobody
    answering, does nothing, and that is said."""
    for words in (ON, OFF, AGAIN, "Yes."):
        speech(words)
    async with mcp_server() as server:
        mcp = [Mcp(label="house", url=server.url, allowed_tools=("set_light",))]
        talk, tokens = patient(patience_s=6.0, approval_s=3.0), {"house": Secret(TOKEN)}
        async with (
            theatre(tmp_path, conversation=talk, tools=[], mcp=mcp, mcp_tokens=tokens) as play,
            onlooker(play.broker.port) as looker,
        ):
            await yes_is_said(play, looker, server)
            await it_is_refused_by_hand(play, looker, server)
            await nobody_answers(play, looker, server)
        assert TOKEN not in (tmp_path / "server.jsonl").read_text()


async def question(play: Theatre, looker: Onlooker, request: str) -> str:
    """Says the request, hears the question to its end, and returns what it is about."""
    place, seen = play.now, len(looker.seen)
    play.say(request)
    wish = await play.told(ev.ApprovalAsked, after=place)
    told = await looker.json("oyez/story/event/approval", after=seen)
    assert (told["request_id"], told["server"], told["name"]) == (wish.request_id, "house", "set_light")
    state = await looker.json("oyez/story/state", after=seen, approval=wanted(wish))
    assert state["approval"]["name"] == "set_light"
    asked = await play.told(do.SayText, after=place)
    words = await heard_next(play, play.facts.index((play.moment(asked), asked)))
    assert words.startswith("may i use"), words
    return str(wish.request_id)


def wanted(wish: ev.ApprovalAsked) -> dict[str, str]:
    return {"request_id": wish.request_id, "server": wish.server, "name": wish.name}


async def yes_is_said(play: Theatre, looker: Onlooker, server: McpServer) -> None:
    request_id = await question(play, looker, ON)
    assert server.called == []
    place, seen = play.now, len(looker.seen)
    play.say("Yes.")
    assert await play.told(do.ApproveTool, after=place) == do.ApproveTool(request_id, True)
    said = await play.told(ev.TextSaid, after=place)
    while "kitchen light is on" not in said.text.lower():
        said = await play.told(ev.TextSaid, after=play.facts.index((play.moment(said), said)) + 1)
    await looker.json("oyez/story/state", after=seen, approval=None)
    assert server.called == [("set_light", {"name": "kitchen light", "on": True})]
    await play.told(ev.PlaybackFinished, after=play.facts.index((play.moment(said), said)))


async def it_is_refused_by_hand(play: Theatre, looker: Onlooker, server: McpServer) -> None:
    request_id = await question(play, looker, OFF)
    place, seen = play.now, len(looker.seen)
    await looker.send("oyez/story/do/approve", json.dumps({"approve": False, "id": "n1"}))
    assert (await looker.json("oyez/story/event/done", id="n1"))["ok"]
    await looker.json("oyez/story/state", after=seen, approval=None)
    refused = await play.told(do.ApproveTool, after=place)
    assert (refused.request_id, refused.approve) == (request_id, False)
    assert (await heard_next(play, place)).endswith(REFUSED)
    assert len(server.called) == 1


async def nobody_answers(play: Theatre, looker: Onlooker, server: McpServer) -> None:
    request_id = await question(play, looker, AGAIN)
    place = play.now
    assert await play.told(do.ApproveTool, after=place) == do.ApproveTool(request_id, False, "nobody agreed in time")
    assert (await heard_next(play, place)).endswith(REFUSED)
    assert len(server.called) == 1
