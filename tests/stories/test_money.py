"""Stories of money in the whole daemon: what a household said it may cost is what it costs, and it is told politely."""

import json
import re
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from difflib import SequenceMatcher
from pathlib import Path
from typing import Any

import pytest

from oyez import actions as do, events as ev
from oyez.config import ModelPrices, Money
from oyez.session.meter import SPENT
from tests.doubles.onlooker import Onlooker, onlooker
from tests.doubles.speech import say as speech
from tests.stories.theatre import Theatre, patient, services, stage
from tests.stories.understanding import understood

HELLO, COUNT = "Hey Jarvis, hello there.", "Count to ten."
PRICES = {
    "text_input": "7",
    "text_cached": "0.7",
    "text_output": "11",
    "audio_input": "130",
    "audio_cached": "1.3",
    "audio_output": "1000",
}
"""For a million tokens. A second of speech is two hundredths: counting to ten costs more than 0.09, a greeting less."""
TRANSCRIPT_MINUTE = "0.6"
STATE = "oyez/story/state"


def money(**limits: float) -> Money:
    spoken = ModelPrices(model="gpt-realtime", **{kind: float(price) for kind, price in PRICES.items()})
    written = ModelPrices(model="gpt-transcribe", transcript_minute=float(TRANSCRIPT_MINUTE))
    return Money(
        **{"budget_day": 100.0, "budget_month": 1000.0, "cap_conversation": 100.0, **limits}, prices=(spoken, written)
    )


def bill(lines: Iterable[dict[str, Any]]) -> Decimal:
    """What the service says it used, at these prices, by the server's own log and nothing of ours."""
    total = Decimal(0)
    for line in lines:
        event = line.get("event", {})
        if line["type"] == "response.done":
            total += response_bill(event["response"]["usage"])
        elif line["type"] == "conversation.item.input_audio_transcription.completed":
            total += Decimal(str(event["usage"]["seconds"])) * Decimal(TRANSCRIPT_MINUTE) / 60
    return total


def response_bill(usage: dict[str, Any]) -> Decimal:
    read, cached = usage["input_token_details"], usage["input_token_details"]["cached_tokens_details"]
    said = usage["output_token_details"]
    used = {}
    for kind in ("text", "audio"):
        used[f"{kind}_cached"] = cached[f"{kind}_tokens"]
        used[f"{kind}_input"] = read[f"{kind}_tokens"] - cached[f"{kind}_tokens"]
        used[f"{kind}_output"] = said[f"{kind}_tokens"]
    return sum((Decimal(PRICES[kind]) * count for kind, count in used.items()), Decimal(0)) / 1_000_000


def facts(play: Theatre, kind: type[object], after: int = 0) -> list[Any]:
    return [fact for _, fact in play.facts[after:] if isinstance(fact, kind)]


async def heard_next(play: Theatre, after: int) -> str:
    """What a person understood of the next thing that the device says, to its end."""
    audible = await play.told(ev.ReplyAudible, after=after)
    finished = await play.told(ev.PlaybackFinished, after=play.facts.index((play.moment(audible), audible)))
    assert play.board.room is not None
    return plain(await understood(play.board.room, play.moment(audible), play.moment(finished)))


def plain(text: str) -> str:
    return " ".join(re.sub(r"[^\w\s]", " ", text.lower()).split())


async def the_reply_is_heard_to_its_end(play: Theatre, after: int) -> None:
    """All the sound that the server made of it was in the room; a token is 50 ms."""
    audible = await play.told(ev.ReplyAudible, after=after)
    finished = await play.told(ev.PlaybackFinished, after=play.facts.index((play.moment(audible), audible)))
    assert finished.heard
    ends = [line["event"]["response"] for line in play.at_server() if line["type"] == "response.done"]
    (made,) = [one["usage"] for one in ends if one["id"] == audible.response_id]
    made_s = made["output_token_details"]["audio_tokens"] * 0.05
    assert play.moment(finished) - play.moment(audible) > made_s - 0.1, "it takes as long as it is"
    assert facts(play, do.CutReply) == []


async def told_as_spent(play: Theatre, looker: Onlooker, after: int) -> None:
    """The sums on MQTT are those of the server's log, to the last digit."""
    owed = bill(play.at_server())

    def fits(payload: bytes) -> bool:
        state = json.loads(payload)
        return Decimal(state["money"]["today"]) == owed and state["budget"] == "spent" and state["state"] == "idle"

    state = json.loads((await looker.until(STATE, fits, after=after)).payload)
    assert Decimal(state["money"]["month"]) == Decimal(state["money"]["conversation"]) == owed
    assert owed >= Decimal("0.12")


async def test_a_spent_budget_ends_politely_refuses_what_follows_outlives_a_restart_and_is_renewed_at_midnight(
    tmp_path: Path,
) -> None:
    """The reply that spends it is heard to its end, then why nothing else will be; until midnight nothing is sent."""
    for words in (HELLO, COUNT, "Hey Jarvis."):
        speech(words)
    today = [date(2026, 11, 21)]
    calendar = {"today": lambda: today[0], "calendar_s": 0.2}
    house = {
        "money": money(budget_day=0.12, warn_at=1.0),
        "memory": tmp_path,
        "extra": calendar,
        "conversation": patient(),
    }
    async with services(tmp_path) as world, onlooker(world.broker.port) as looker:
        async with stage(world, **house) as play:
            await the_budget_is_spent_politely(play, looker)
            await the_next_wake_word_is_refused(play, looker)
        async with stage(world, **house) as play:
            await still_spent_and_renewed_at_midnight(play, looker, today)


async def the_budget_is_spent_politely(play: Theatre, looker: Onlooker) -> None:
    play.say(HELLO)
    await play.told(ev.PlaybackFinished)
    assert facts(play, ev.BudgetSpent) == []
    place, seen = play.now, len(looker.seen)
    play.say(COUNT)
    await the_reply_is_heard_to_its_end(play, place)
    said = await play.told(do.SayText, after=place)
    assert said.text == SPENT["day"]
    told = await heard_next(play, play.facts.index((play.moment(said), said)))
    assert SequenceMatcher(None, told, plain(said.text)).ratio() > 0.8, told
    await play.told(do.CloseSession, after=place)
    error = await looker.json("oyez/story/event/error", after=seen, kind="budget_spent")
    assert error["why"] == SPENT["day"]
    await told_as_spent(play, looker, seen)


async def the_next_wake_word_is_refused(play: Theatre, looker: Onlooker) -> None:
    place, seen, sent = play.now, len(looker.seen), len(play.at_server())
    play.say("Hey Jarvis.")
    chime = await play.told(do.PlayChime, after=place, name="error")
    await play.chime_in_room("error", play.moment(chime))
    error = await looker.json("oyez/story/event/error", after=seen)
    assert error["why"] == SPENT["day"]
    assert len(play.at_server()) == sent, "not a word to the service"
    assert facts(play, do.OpenSession, place) == []


async def still_spent_and_renewed_at_midnight(play: Theatre, looker: Onlooker, today: list[date]) -> None:
    await play.told(ev.BudgetSpent, scope="day")
    await looker.send("oyez/story/do/listen", '{"id": "again"}')
    refused = await looker.json("oyez/story/event/done", id="again")
    assert (refused["ok"], refused["why"]) == (False, SPENT["day"])
    before, seen = play.at_server(), len(looker.seen)
    today[0] = date(2026, 11, 22)
    await play.told(ev.BudgetRenewed)
    await looker.json(STATE, after=seen, budget="ok", trouble=None)
    play.say(HELLO)
    await play.told(ev.PlaybackFinished)
    await play.told(do.CloseSession)
    lines = play.at_server()
    new, all_of_it = bill(lines[len(before) :]), bill(lines)

    def fits(payload: bytes) -> bool:
        sums = json.loads(payload)["money"]
        return (Decimal(sums["today"]), Decimal(sums["month"])) == (new, all_of_it)

    await looker.until(STATE, fits, after=seen)
    assert Decimal(0) < new < all_of_it


@pytest.mark.long
async def test_a_conversation_that_reaches_its_cap_ends_politely_and_the_next_one_works(tmp_path: Path) -> None:
    """The cap is of one conversation: nothing is complained of, and nobody waits for midnight."""
    wish = f"Hey Jarvis, {COUNT.lower()}"
    for words in (wish, HELLO):
        speech(words)
    async with (
        services(tmp_path) as world,
        stage(world, money=money(cap_conversation=0.09), conversation=patient(patience_s=1.5)) as play,
    ):
        play.say(wish)
        await the_reply_is_heard_to_its_end(play, 0)
        said = await play.told(do.SayText)
        assert said.text == SPENT["session"]
        await play.told(do.CloseSession)
        assert facts(play, ev.BudgetSpent) == [ev.BudgetSpent("session", SPENT["session"])]
        place = play.now
        play.say(HELLO)
        assert "hello" in await heard_next(play, place)
        await play.told(do.CloseSession, after=place)
        assert facts(play, do.Complain) == []
        assert len(facts(play, do.SayText)) == 1
