"""Tokens are counted by the published rates, and what does not fit falls out from the oldest on."""

from hypothesis import given, strategies as st

from oyez_local import tokens
from oyez_local.conversation import Stored
from oyez_local.tokens import Count, Prompt, items_to_drop, overfull, prompt_of, seen_in, total_of
from oyez_realtime import messages as wire

SIZES = st.lists(st.integers(0, 60), min_size=1, max_size=12)


def prompt(setup: int, *items: int) -> Prompt:
    return (("setup", Count(text=setup)), *((f"i{n}", Count(audio=size)) for n, size in enumerate(items)))


def message(role: wire.Role, *content: wire.Content) -> wire.Message:
    return wire.Message(role, list(content), "item_1")


def test_each_kind_of_item_has_its_price() -> None:
    """User audio 1 in 100 ms, model audio 1 in 50 ms with its transcript, text 1 in 4 characters, begun ones count."""
    spoken = Stored(message("user", wire.InputAudio()), bytes(48 * 1010), 24_000)
    assert tokens.of_item(spoken) == Count(audio=11)
    answered = Stored(message("assistant", wire.OutputAudio("Hello.")), audio_ms=505)
    assert tokens.of_item(answered) == Count(text=2, audio=11)
    assert tokens.of_item(Stored(message("system", wire.InputText("12345")))) == Count(text=2)
    call = wire.FunctionCall("set_light", '{"on": true}', "call_1", "item_2")
    assert tokens.of_item(Stored(call)) == Count(text=6)
    assert tokens.of_item(Stored(message("user", wire.InputImage("data:image/png;base64,AAAA")))) == Count()


def test_the_beginning_that_was_seen_is_cached() -> None:
    """The longest common beginning counts; a changed item spoils what follows it."""
    first = prompt(10, 5, 6)
    assert seen_in(prompt(10, 5, 6, 7), [first]) == Count(text=10, audio=11)
    changed = (first[0], ("other", Count(audio=5)), first[2])
    assert seen_in(changed, [first]) == Count(text=10)
    assert seen_in(first, []) == Count()


def test_a_truncated_answer_is_another_item() -> None:
    """After truncation the item's name in the prompt differs, so that no cache is claimed for it."""
    stored = Stored(message("assistant", wire.OutputAudio("Hello.")), audio_ms=500)
    before = prompt_of("", [], [stored])
    stored.audio_ms = 100
    assert prompt_of("", [], [stored])[1] != before[1]


def test_truncation_drops_the_oldest() -> None:
    """auto: just enough; a ratio: down to that share; disabled: nothing, and it is said to be too full."""
    full = prompt(10, 20, 20, 20, 20)
    assert items_to_drop(full, "auto", 100) == 0
    assert items_to_drop(full, "auto", 70) == 1
    assert items_to_drop(full, wire.RetentionRatio(0.5), 70) == 3
    assert items_to_drop(full, "disabled", 70) == 0
    assert overfull(full, "disabled", 70)
    assert not overfull(full, "auto", 70)


def test_a_limit_of_its_own_follows_the_instructions() -> None:
    """token_limits.post_instructions bounds the items alone."""
    rule = wire.RetentionRatio(1.0, wire.TokenLimits(40))
    assert items_to_drop(prompt(10, 20, 20), rule, 1000) == 0
    assert items_to_drop(prompt(10, 20, 20, 20), rule, 1000) == 1


@given(SIZES, st.integers(1, 300), st.floats(0, 1))
def test_what_is_left_fits_or_is_the_newest_alone(sizes: list[int], most: int, ratio: float) -> None:
    """After dropping, the prompt fits, or nothing but setup and the newest item is left."""
    full = prompt(5, *sizes)
    for rule in ("auto", wire.RetentionRatio(ratio)):
        dropped = items_to_drop(full, rule, most)  # type: ignore[arg-type]
        rest = (full[0], *full[1 + dropped :])
        assert len(rest) == 2 or total_of(rest).total <= most
        assert rest[-1] == full[-1]


def test_usage_adds_up() -> None:
    """Input and output, text and audio, cached and new: every sum is the sum of its parts."""
    usage = tokens.usage(Count(10, 20), Count(4, 6), Count(3, 40))
    assert (usage.total_tokens, usage.input_tokens, usage.output_tokens) == (73, 30, 43)
    details = wire.given(usage.input_token_details)
    assert details is not None
    assert (details.text_tokens, details.audio_tokens, details.cached_tokens) == (10, 20, 10)
