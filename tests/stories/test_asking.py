"""Questions that a program has the device ask, and urgent words, in the whole daemon with real speech both ways."""

import json
from pathlib import Path
from typing import Any

from oyez import actions as do, events as ev
from oyez.remote import FAILED, Remote
from tests.doubles.onlooker import Onlooker, onlooker
from tests.doubles.speech import say as speech
from tests.stories.theatre import Theatre, theatre

ANSWER = "Yes, please turn it off."
STORY = "Hey Jarvis, tell me a long story about the sea."


async def ask(looker: Onlooker, order_id: str, question: str, **more: Any) -> None:
    await looker.send("oyez/story/do/ask", json.dumps({"question": question, "id": order_id, **more}))


def at_server(play: Theatre, direction: str, kind: str) -> int:
    return sum(line["type"] == kind and line["direction"] == direction for line in play.at_server())


async def test_a_question_over_mqtt_comes_back_with_what_somebody_said_and_the_service_says_nothing_to_it(
    tmp_path: Path,
) -> None:
    """Only who asked is told the words (home.publish_text is off); nobody answering is told as well; afterwards the
    turns are the service's again, and a conversation is as ever."""
    for words in (ANSWER, "Hey Jarvis, turn on the kitchen light."):
        speech(words)
    async with theatre(tmp_path, publish_text=False) as play, onlooker(play.broker.port) as looker:
        await ask(looker, "q1", "Shall I turn off the heating?", volume=80)
        await play.told(do.OpenTap)
        await play.say(ANSWER).wait()
        done = await looker.json("oyez/story/event/done", id="q1")
        assert done["ok"], done
        assert "turn it off" in done["answer"].lower()
        assert play.board.volume.get() == 0.6
        assert at_server(play, "in", "response.create") == at_server(play, "out", "response.created") == 1
        assert not any(
            "turn it off" in message.payload.decode().lower() for message in looker.seen if "state" in message.topic
        )
        silent = await Remote(play.config.home, play.config.device).ask("Shall I close the window?", answer_s=1)
        assert silent.exit_code == FAILED
        assert "nobody" in silent.sentence
        place = play.now
        play.say("Hey Jarvis, turn on the kitchen light.")
        await play.told(ev.ToolAnswered, after=place, name="set_light", ok=True)


async def test_urgent_words_end_a_reply_and_are_said_at_once_at_their_own_volume(tmp_path: Path) -> None:
    speech(STORY)
    async with theatre(tmp_path) as play, onlooker(play.broker.port) as looker:
        play.say(STORY)
        await play.told(ev.ReplyAudible)
        await play.loudspeaker_has_played(1.0)
        place = play.now
        order = {"text": "There is smoke in the cellar.", "priority": "urgent", "volume": 100, "id": "u1"}
        await looker.send("oyez/story/do/say", json.dumps(order))
        await play.told(do.CutReply, after=place)
        await play.told(ev.ReplyAudible, after=place)
        assert play.board.volume.get() == 1.0
        assert (await looker.json("oyez/story/event/done", id="u1"))["ok"]
        await play.shown("idle", after=place)
        assert play.board.volume.get() == 0.6
