"""The conversation as the device mirrors it: order, what was heard, the bound of a replay."""

from dataclasses import dataclass, field

import hypothesis.strategies as st
from hypothesis import given
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from oyez.session.entries import Part, tokens, whole_words
from oyez.session.errands import Create, Delete
from oyez.session.mirror import Mirror
from oyez_realtime import messages as wire

WHERE = {"output_index": 0, "content_index": 0}


def mirror(tokens_max: int = 8000) -> Mirror:
    return Mirror(tokens_max, 48, lambda pcm: pcm)


def user(conversation: Mirror, item_id: str, text: str | None, previous: str | None = None, pcm: bytes = b"") -> None:
    conversation.take(wire.InputAudioBufferCommitted(item_id=item_id, previous_item_id=previous), pcm)
    if text is not None:
        conversation.take(
            wire.ConversationItemInputAudioTranscriptionCompleted(item_id=item_id, content_index=0, transcript=text)
        )


def reply(
    conversation: Mirror, item_id: str, text: str, ms: int, response_id: str = "r", finished: bool = True
) -> None:
    of = {"response_id": response_id, "item_id": item_id, **WHERE}
    conversation.take(wire.ResponseOutputAudioTranscriptDelta(delta=text, **of))
    conversation.take(wire.ResponseOutputAudioDelta(delta=bytes(ms * 48), **of))
    if finished:
        conversation.take(wire.ResponseOutputAudioDone(**of))


def call(conversation: Mirror, call_id: str) -> None:
    event = wire.ResponseFunctionCallArgumentsDone(
        response_id="r", item_id=f"item_{call_id}", output_index=0, call_id=call_id, name="f", arguments="{}"
    )
    conversation.take(event)


def texts(items: list[wire.Item]) -> list[str]:
    found = []
    for item in items:
        if isinstance(item, wire.Message):
            found += [part.text for part in item.content if isinstance(part, wire.InputText | wire.OutputText)]
    return found


def test_items_stand_where_the_service_puts_them_and_not_in_the_order_in_which_they_come() -> None:
    conversation = mirror()
    user(conversation, "u1", "one")
    user(conversation, "u3", "three", previous="u1")
    user(conversation, "u2", "two", previous="u1")
    assert texts(conversation.replay()) == ["one", "two", "three"]


@given(st.lists(st.integers(0, 30), min_size=1, max_size=12))
def test_the_order_is_the_services_own_for_every_way_of_inserting(places: list[int]) -> None:
    """Each new item goes behind one that is there already, any of them."""
    conversation, order = mirror(), ["0"]
    user(conversation, "0", "0")
    for number, place in enumerate(places, start=1):
        previous = order[place % len(order)]
        user(conversation, str(number), str(number), previous=previous)
        order.insert(order.index(previous) + 1, str(number))
    assert texts(conversation.replay()) == order


def test_a_turn_is_told_by_its_sound_until_its_words_are_there() -> None:
    conversation = mirror()
    user(conversation, "u1", None, pcm=b"\1\0" * 4800)
    (item,) = conversation.replay()
    assert isinstance(item, wire.Message)
    assert item.content == [wire.InputAudio(b"\1\0" * 4800)]
    assert conversation.wordless
    user(conversation, "u1", "Hello.")
    assert texts(conversation.replay()) == ["Hello."]
    assert not conversation.wordless
    (unanswered,) = conversation.replay(unanswered=True)
    assert isinstance(unanswered, wire.Message)
    assert isinstance(unanswered.content[0], wire.InputAudio)


def test_what_was_said_into_an_empty_room_is_not_told() -> None:
    """A transcript without words, and a reply of which nothing was heard."""
    conversation = mirror()
    user(conversation, "u1", "", pcm=b"\1\0" * 4800)
    reply(conversation, "a1", "Nobody hears this.", 1000)
    conversation.heard("a1", 0, 0)
    assert conversation.replay() == []


@given(st.text("ab ", min_size=1, max_size=80), st.integers(1, 5000), st.integers(0, 6000), st.booleans())
def test_only_what_was_heard_is_told_in_whole_words(text: str, ms: int, heard_ms: int, finished: bool) -> None:
    part = Part(text, float(ms), finished, heard_ms)
    told = part.heard_text()
    assert text.strip().startswith(told) or told in text
    assert told.split() == text.split()[: len(told.split())]
    if heard_ms == 0:
        assert told == ""
    if finished and heard_ms >= ms:
        assert told == text.strip()
    elif finished:
        assert len(told) <= len(text) * heard_ms / ms + 1


def test_words_that_came_before_their_sound_are_not_taken_for_heard() -> None:
    """A second of sound carries some fifteen characters, however much text has come with it."""
    conversation = mirror()
    reply(conversation, "a1", "Once upon a time there was a small lighthouse on a stone pier.", 1000, finished=False)
    (told,) = texts(conversation.replay())
    assert told in ("Once upon a", "Once upon a time")


@given(st.text(max_size=40), st.integers(0, 50))
def test_a_cut_text_ends_with_a_whole_word(text: str, length: int) -> None:
    words = whole_words(text, length)
    assert len(words) <= length
    assert words.split() == text.split()[: len(words.split())]


def test_what_stands_outside_the_conversation_is_no_part_of_it() -> None:
    conversation = mirror()
    conversation.take(wire.ResponseCreated(response=wire.Response(id="beside", conversation_id=None)))
    reply(conversation, "a1", "Dinner is ready.", 1000, response_id="beside")
    assert conversation.replay() == []


def test_an_output_is_told_with_its_call_to_a_session_that_does_not_know_it() -> None:
    conversation = mirror()
    call(conversation, "c1")
    assert conversation.running_calls == {"c1"}
    conversation.moved([])
    told = conversation.answer("c1", "done")
    assert [type(one.item) for one in told] == [wire.FunctionCall, wire.FunctionCallOutput]
    assert conversation.running_calls == set()
    assert conversation.answer("c1", "done again") == []


def test_a_reply_that_is_cut_after_its_session_ended_is_corrected_in_the_next() -> None:
    """The next session was told all of it, since it was going to be heard; then somebody spoke over it."""
    conversation = mirror()
    user(conversation, "u1", "Tell me.")
    reply(conversation, "a1", "one two three four", 1000)
    conversation.moved(conversation.replay())
    corrections = conversation.heard("a1", 0, 500)
    assert corrections is not None
    assert corrections[0] == Delete("a1")
    put = corrections[1]
    assert isinstance(put, Create)
    assert (texts([put.item]), put.after) == (["one two"], "u1")
    assert conversation.heard("a1", 0, 0) == [Delete("a1")]
    conversation.take(wire.ConversationItemDeleted(item_id="a1"))
    assert len(conversation) == 2


def test_a_reply_of_the_present_session_is_told_by_its_milliseconds() -> None:
    conversation = mirror()
    reply(conversation, "a1", "one two three four", 1000)
    assert conversation.heard("a1", 0, 500) is None
    assert texts(conversation.replay()) == ["one two"]


def test_an_id_that_is_too_long_to_be_told_is_replaced_and_still_known() -> None:
    conversation, long_id = mirror(), "item_" + "x" * 60
    user(conversation, long_id, "Hello.")
    (item,) = conversation.replay()
    own_id = wire.given(item.id)
    assert own_id is not None
    assert len(own_id) <= 32
    conversation.moved([item])
    conversation.take(wire.ConversationItemAdded(item=item, previous_item_id=None))
    assert len(conversation) == 1


@dataclass
class Said:
    """What a person would remember."""

    turns: list[list[str]] = field(default_factory=lambda: [[]])


class Talk(RuleBasedStateMachine):
    """Any conversation: a replay is bounded, whole by turns, in order, and has no output without its call."""

    def __init__(self) -> None:
        super().__init__()
        self.mirror, self.number, self.last = mirror(60), 0, ""
        self.said = Said()
        self.calls: list[str] = []

    def _next(self) -> str:
        self.number += 1
        return f"i{self.number}"

    @rule(words=st.integers(1, 40))
    def somebody_speaks(self, words: int) -> None:
        item_id = self._next()
        text = " ".join([item_id] * words)
        user(self.mirror, item_id, text, previous=self.last or None)
        self.last = item_id
        self.said.turns.append([text])

    @rule(words=st.integers(1, 40))
    def the_model_speaks(self, words: int) -> None:
        item_id = self._next()
        text = " ".join([item_id] * words)
        reply(self.mirror, item_id, text, 1000)
        self.last = item_id
        self.said.turns[-1].append(text)

    @rule()
    def a_tool_is_called(self) -> None:
        self.calls.append(self._next())
        call(self.mirror, self.calls[-1])
        self.last = f"item_{self.calls[-1]}"

    @precondition(lambda self: self.calls)
    @rule(which=st.integers(0, 99))
    def a_tool_answers(self, which: int) -> None:
        self.mirror.answer(self.calls.pop(which % len(self.calls)), "yes")

    @rule()
    def the_session_is_replaced(self) -> None:
        before = self.mirror.replay()
        self.mirror.moved(before)
        for item in before:
            self.mirror.take(wire.ConversationItemAdded(item=item, previous_item_id=None))
        assert self.mirror.replay() == before

    @invariant()
    def a_replay_is_whole(self) -> None:
        items = self.mirror.replay()
        told, turns = texts(items), self.said.turns
        flat = [text for turn in turns for text in turn]
        assert told == flat[len(flat) - len(told) :]
        starts = [len(flat) - sum(map(len, turns[at:])) for at in range(len(turns) + 1)]
        assert len(flat) - len(told) in starts
        seen: set[str | None] = set()
        for item in items:
            if isinstance(item, wire.FunctionCallOutput):
                assert item.call_id in seen
            elif isinstance(item, wire.FunctionCall):
                seen.add(wire.given(item.call_id))

    @invariant()
    def a_replay_is_bounded(self) -> None:
        items = self.mirror.replay()
        users = [item for item in items if isinstance(item, wire.Message) and item.role == "user"]
        assert len(users) <= 1 or sum(tokens(item, 0) for item in items) <= 60


TestTalk = Talk.TestCase


def test_a_call_that_never_became_whole_is_not_waited_for() -> None:
    """The reply was interrupted while it was being written: no tool runs, and the session may be replaced."""
    conversation = mirror()
    begun = wire.FunctionCall("f", "", "c1", id="item_c1")
    conversation.take(wire.ResponseOutputItemAdded(response_id="r", output_index=0, item=begun))
    assert conversation.running_calls == set()
    assert conversation.replay() == []
