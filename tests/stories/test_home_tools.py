"""Stories of tools in the house: questions over MQTT at a real broker; in the whole daemon, a lamp that is asked for by
voice and confirmed by voice, and what the device says when it is asked what is wrong."""

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest

from oyez import actions as do, events as ev
from oyez.config import Home, Mcp, MqttRequest, Parameter
from oyez.home.arguments import ToolRefused
from oyez.home.inquiry import Inquirer
from oyez.home.tools import Inquire
from oyez.secret import Secret
from tests.doubles.guarded_broker import old_broker
from tests.doubles.home import DEVICE, ROOT, at_home
from tests.doubles.lamp import lamp
from tests.doubles.mcp_server import TOKEN, mcp_server
from tests.doubles.onlooker import onlooker
from tests.doubles.processes import free_port, mosquitto
from tests.doubles.speech import say as speech
from tests.stories.test_tools import facts, heard_next
from tests.stories.theatre import Theatre, patient, theatre

QUESTION = Inquire("house/light/get", "ON", "", "", 5.0)


async def connected(port: int) -> None:
    async with onlooker(port) as looker:
        await looker.until(f"{ROOT}/availability", lambda payload: payload == b"online")


async def test_a_question_is_answered_where_it_says_and_several_may_run_at_once() -> None:
    async with mosquitto() as server, at_home(Home(port=server.port)) as (broker, _), lamp(server.port) as light:
        await connected(server.port)
        inquirer = Inquirer(broker, DEVICE.id)
        answers = await asyncio.gather(*(inquirer.ask(QUESTION) for _ in range(5)))
        assert [(one.text, one.outcome) for one in answers] == [("The light is on now.", "ok")] * 5
        assert light.asked == ["ON"] * 5
        told = await inquirer.ask(replace(QUESTION, answer="It is on."))
        assert told.text == "It is on."
        light.says = "x" * 60_000
        assert len((await inquirer.ask(QUESTION)).text) < 9_000, "it is read, and paid, by the model"


async def test_an_answer_on_a_topic_of_its_own_is_heard_also_by_mqtt_3_1_1_and_a_retained_one_is_no_answer() -> None:
    """What was retained there before is an answer to nothing."""
    question = Inquire("house/light/get", "ON", "house/light", "", 5.0)
    async with mosquitto() as server, old_broker(server.port, polite=True) as port, onlooker(server.port) as looker:
        await looker.send("house/light", "stale", retain=True)
        home = Home(port=port)
        async with at_home(home) as (broker, _), lamp(server.port, answer_topic="house/light"):
            await connected(server.port)
            inquirer = Inquirer(broker, DEVICE.id)
            answers = await asyncio.gather(inquirer.ask(question), inquirer.ask(question))
            assert [one.text for one in answers] == ["The light is on now."] * 2
            with pytest.raises(ToolRefused, match="answer_topic"):
                await inquirer.ask(QUESTION)


async def test_who_does_not_answer_is_given_up_in_time_and_nothing_of_it_stays() -> None:
    async with (
        mosquitto() as server,
        at_home(Home(port=server.port)) as (broker, _),
        lamp(server.port, silent=True) as light,
    ):
        await connected(server.port)
        answered = await Inquirer(broker, DEVICE.id).ask(Inquire("house/light/get", "ON", "", "", 0.3))
        assert answered.outcome == "failed"
        assert "whether it was done is not known" in answered.text
        assert light.asked == ["ON"]
        assert broker._watchers.patterns == []


# --- in the whole daemon ----------------------------------------------------------------------

LIGHT = MqttRequest(
    name="set_light",
    description="Switch a light on or off.",
    topic="house/light/{name}/get",
    payload="{on}",
    confirm="Shall I switch the {name} {on}?",
    parameters={"name": Parameter(), "on": Parameter(type="boolean")},
)
ON, OFF, YES, NO = "Hey Jarvis, turn on the kitchen light.", "Turn off the kitchen light.", "Yes.", "No."


async def test_a_lamp_is_asked_for_by_voice_and_switched_only_after_a_yes(tmp_path: Path) -> None:
    """With the local server: the question is asked aloud although the call has no answer yet; yes does it and the
    lamp's own words are spoken; no does nothing and that is said."""
    for words in (ON, OFF, YES, NO):
        speech(words)
    talk = patient(patience_s=6.0, approval_s=8.0)
    async with (
        theatre(tmp_path, tools=[LIGHT], conversation=talk) as play,
        lamp(play.broker.port, "house/light/kitchen_light/get") as light,
    ):
        await asked(play, ON, "shall i switch the kitchen light on")
        assert light.asked == []
        place = play.now
        play.say(YES)
        assert (await play.told(do.ApproveTool, after=place)).approve
        await said(play, place, "light is on now")
        assert light.asked == ["ON"]

        await asked(play, OFF, "shall i switch the kitchen light off")
        place = play.now
        play.say(NO)
        decided = await play.told(do.ApproveTool, after=place)
        assert (decided.approve, decided.why, decided.own) == (False, "the user said no", True)
        answered = await play.told(ev.ToolAnswered, after=place)
        assert "Nothing was done" in answered.output
        await said(play, place, "nothing was done")
        assert light.asked == ["ON"]


async def asked(play: Theatre, request: str, question: str) -> None:
    place = play.now
    play.say(request)
    wish = await play.told(ev.ApprovalAsked, after=place)
    assert (wish.server, wish.own) == ("", True)
    text = await play.told(do.SayText, after=place)
    assert question in await heard_next(play, play.facts.index((play.moment(text), text)))


async def said(play: Theatre, after: int, words: str) -> None:
    """The device says so, among what it says from that place on, and is heard to its end."""
    text = await play.told(ev.TextSaid, after=after)
    while words not in text.text.lower():
        text = await play.told(ev.TextSaid, after=play.facts.index((play.moment(text), text)) + 1)
    await play.told(ev.PlaybackFinished, after=play.facts.index((play.moment(text), text)))


WRONG, MUTE = "Hey Jarvis, what's wrong?", "Stop listening."


@pytest.mark.long
async def test_what_is_wrong_is_said_aloud_and_stop_listening_mutes_when_it_was_heard(tmp_path: Path) -> None:
    """The trouble: a server of tools of the house that is away. One that is there has its tool used by voice."""
    for words in (WRONG, MUTE, ON):
        speech(words)
    async with mcp_server() as server:
        away = f"http://127.0.0.1:{free_port()}/mcp"
        mcp = [
            Mcp(label="cellar", url=away, from_device=True, allowed_tools=("pump_*",)),
            Mcp(label="house", url=server.url, from_device=True, allowed_tools=("set_*",), without_approval=("set_*",)),
        ]
        tokens = {"house": Secret(TOKEN)}
        async with theatre(
            tmp_path, tools=[], mcp=mcp, mcp_tokens=tokens, conversation=patient(patience_s=8.0)
        ) as play:
            trouble = await play.told(ev.TroubleFound, kind="mcp_cellar")
            assert TOKEN not in trouble.sentence
            play.say(WRONG)
            told = await play.told(ev.ToolAnswered, name="what_is_wrong")
            assert "'cellar'" in told.output
            await said(play, 0, "are away")

            place = play.now
            play.say(ON.removeprefix("Hey Jarvis, "))
            await said(play, place, "kitchen light is on")
            assert server.called == [("set_light", {"name": "kitchen light", "on": True})]

            place = play.now
            play.say(MUTE)
            await said(play, place, "microphone goes off")
            muted = await play.told(do.SetMuted, after=place)
            assert muted.muted
            assert facts(play, ev.TroubleFound)[0] is trouble
            assert len(facts(play, ev.TroubleFound)) == 1
