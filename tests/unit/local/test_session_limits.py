"""What a session may use up, and what it tells of it."""

from typing import Any

from oyez_local.mind import Decision
from oyez_local.orders import Order, Think, Transcribe
from oyez_local.rate_limits import RateLimits
from oyez_local.responding import Bounds
from oyez_local.session import Session
from oyez_local.tokens import of_text
from oyez_realtime import messages as wire
from tests.unit.local.machine import MANUAL, append, machine, only, tell, types

TEXT = {"output_modalities": ["text"], "instructions": "Be brief."}


def say_to(session: Session, text: str, item_id: str | None = None) -> None:
    content = [{"type": "input_text", "text": text}]
    item: dict[str, Any] = {"type": "message", "role": "user", "content": content}
    tell(session, type="conversation.item.create", item=item if item_id is None else {**item, "id": item_id})


def answer(session: Session, text: str, now_s: float = 0.0) -> list[Order]:
    """The orders that end a text response."""
    think = only(tell(session, now_s, type="response.create"), Think)
    return session.thought(think.response_id, Decision(text), now_s)


def usage_of(orders: list[Order]) -> Any:
    return only(orders, wire.ResponseDone).response.usage


def test_usage_is_exact_and_the_second_turn_is_cached() -> None:
    """Instructions and items are counted; what the first prompt had is cached in the second; all is added up."""
    session = machine(**TEXT)
    say_to(session, "12345678")
    first = usage_of(answer(session, "abcd"))
    assert (first.input_tokens, first.output_tokens, first.total_tokens) == (of_text("Be brief.").text + 2, 1, 6)
    assert first.input_token_details.cached_tokens == 0
    say_to(session, "1234")
    second = usage_of(answer(session, "abcdefgh"))
    assert (second.input_tokens, second.output_tokens) == (5 + 1 + 1, 2)
    assert second.input_token_details.cached_tokens == 5


def test_audio_is_counted_by_its_length() -> None:
    """1 s of a user's sound is 10 tokens, 0.5 s of the model's 10 more and its words."""
    session = machine(**MANUAL, instructions="")
    append(session, bytes(48_000))
    item_id = only(tell(session, type="input_audio_buffer.commit"), Transcribe).item_id
    tell(session, type="response.create")
    think = only(session.transcribed(item_id, "hi", 1.0), Think)
    session.thought(think.response_id, Decision("Hey."), 0.0)
    session.spoken(think.response_id, "Hey.", bytes(24_000), 500.0, 0.0)
    usage = usage_of(session.finished(think.response_id, 0.0))
    assert (usage.input_token_details.audio_tokens, usage.input_token_details.text_tokens) == (10, 0)
    assert (usage.output_token_details.audio_tokens, usage.output_token_details.text_tokens) == (10, 1)


def test_a_response_beyond_the_rate_has_failed() -> None:
    """Two sessions share one limit: the response past it is created and done as failed, and a later one succeeds."""
    bounds = Bounds(RateLimits(requests=1, tokens=1000))
    one, other = machine(bounds=bounds, **TEXT), machine(bounds=bounds, **TEXT)
    told = only(answer(one, "abcd"), wire.RateLimitsUpdated).rate_limits
    assert [(limit.name, limit.limit, limit.remaining) for limit in told] == [
        ("requests", 1, 0),
        ("tokens", 1000, 1000 - 4),
    ]
    refused = tell(other, type="response.create")
    assert types(refused) == ["response.created", "response.done", "rate_limits.updated"]
    response = only(refused, wire.ResponseDone).response
    assert (response.status, response.status_details.error.code) == ("failed", "rate_limit_exceeded")
    assert response.usage.total_tokens == 0
    assert only(answer(other, "abcd", now_s=60.0), wire.ResponseDone).response.status == "completed"


def test_a_full_context_loses_its_oldest_items() -> None:
    """auto: the mind no longer reads what fell out; the client still can."""
    session = machine(bounds=Bounds(RateLimits(), 12), **TEXT)
    say_to(session, "first words here", "first")
    say_to(session, "second words here", "second")
    say_to(session, "third", "third")
    think = only(tell(session, type="response.create"), Think)
    assert [entry.text for entry in think.request.history] == ["second words here", "third"]
    assert types(tell(session, type="conversation.item.retrieve", item_id="first")) == ["conversation.item.retrieved"]


def test_a_full_context_without_truncation_has_failed() -> None:
    """disabled: nothing falls out, the response fails."""
    session = machine(bounds=Bounds(RateLimits(), 12), truncation="disabled", **TEXT)
    say_to(session, "words " * 20)
    response = only(tell(session, type="response.create"), wire.ResponseDone).response
    assert (response.status, response.status_details.error.code) == ("failed", "context_length_exceeded")


def test_a_retention_ratio_drops_more_at_once() -> None:
    """A ratio of a half leaves room, so that the next turn finds the beginning unchanged and cached."""
    ratio = {"type": "retention_ratio", "retention_ratio": 0.5}
    session = machine(bounds=Bounds(RateLimits(), 20), truncation=ratio, **TEXT)
    for word in ("one", "two", "three", "four", "five"):
        say_to(session, f"{word} words here", word)
    think = only(tell(session, type="response.create"), Think)
    assert len(think.request.history) == 1
    session.thought(think.response_id, Decision("abcd"), 0.0)
    say_to(session, "six")
    assert usage_of(answer(session, "abcd")).input_token_details.cached_tokens > 3


def test_an_output_does_not_stay_without_its_call() -> None:
    """Where a call fell out of the context its output goes with it."""
    session = machine(bounds=Bounds(RateLimits(), 12), **TEXT)
    call = {"type": "function_call", "name": "get_weather", "arguments": "{}", "call_id": "call_1"}
    tell(session, type="conversation.item.create", item=call)
    output = {"type": "function_call_output", "call_id": "call_1", "output": "rain and snow"}
    tell(session, type="conversation.item.create", item=output)
    say_to(session, "what is it like?")
    think = only(tell(session, type="response.create"), Think)
    assert [entry.role for entry in think.request.history] == ["user"]


def test_a_response_can_be_told_to_fail() -> None:
    """A fault on demand ends the running response, or the next one, with the code that was asked for."""
    session = machine(**TEXT)
    details = wire.StatusDetails("failed", error=wire.ErrorDetail("x", "y", "insufficient_quota"))
    running = only(tell(session, type="response.create"), Think)
    done = only(session.doom("failed", details), wire.ResponseDone).response
    assert (done.id, done.status_details.error.code) == (running.response_id, "insufficient_quota")
    assert session.doom("incomplete", wire.StatusDetails("incomplete", "content_filter")) == []
    assert only(tell(session, type="response.create"), wire.ResponseDone).response.status == "incomplete"
    assert only(answer(session, "Hello."), wire.ResponseDone).response.status == "completed"


def test_sound_given_to_a_single_response_is_heard() -> None:
    """response.create.input with audio: it is recognised first, and the mind reads the words."""
    session = machine(**TEXT)
    audio = "AAAA" * 4000
    item = {"type": "message", "role": "user", "content": [{"type": "input_audio", "audio": audio}]}
    orders = tell(session, type="response.create", response={"conversation": "none", "input": [item]})
    assert types(orders) == ["response.created", "Transcribe"]
    think = only(session.transcribed(only(orders, Transcribe).item_id, "Who are you?", 1.0), Think)
    assert [entry.text for entry in think.request.history] == ["Who are you?"]


def test_images_are_taken_and_not_looked_at() -> None:
    """An image with a question: the question is read."""
    session = machine(**TEXT)
    content = [{"type": "input_text", "text": "hi"}, {"type": "input_image", "image_url": "data:image/png;base64,AAAA"}]
    added = tell(session, type="conversation.item.create", item={"type": "message", "role": "user", "content": content})
    assert types(added) == ["conversation.item.added", "conversation.item.done"]
    assert only(tell(session, type="response.create"), Think).request.history[0].text == "hi"
