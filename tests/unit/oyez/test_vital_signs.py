"""What the watchdog takes for life: sound that moves, or a card that is lost and minded; and no broken promise."""

import asyncio
from dataclasses import dataclass, field

from oyez.card_keeper import LOOK_S, STILL_LOOKS
from oyez.last_words import LastWords
from oyez.view import View
from oyez.vital_signs import LONGEST_SILENCE_S, PROOF_S, VitalSigns


@dataclass
class Keeper:
    minded_until_s: float = 0.0


@dataclass
class Body:
    """All that gives proof, each at the moment that the test sets."""

    now: float = 100.0
    last_frame_s: float = 0.0
    last_write_s: float = 0.0
    last_heard_s: float = 0.0
    scored_s: float = 0.0
    microphone_rests: bool = False
    microphone: Keeper = field(default_factory=Keeper)
    loudspeaker: Keeper = field(default_factory=Keeper)
    view: View = field(default_factory=View)

    @property
    def answered_s(self) -> float:
        return self.now

    def moves(self) -> None:
        self.last_frame_s = self.last_write_s = self.last_heard_s = self.scored_s = self.now


class Watched:
    def __init__(self, body: Body) -> None:
        self._body = body
        self.signs = VitalSigns(body, body, body, body, body, lambda: body.now, LastWords(None))  # type: ignore[arg-type]

    async def after(self, seconds: float) -> list[str]:
        """The organs that are missed so much later, each half second having been looked at."""
        for _ in range(round(seconds * 2)):
            self._body.now += 0.5
            look = asyncio.create_task(self.signs.watch())
            await asyncio.sleep(0)
            look.cancel()
            await asyncio.wait([look])
        return [sentence.split()[0] for sentence in self.signs._liveness.verdict(self._body.now)]


async def test_sound_that_stops_without_a_word_starves_the_watchdog() -> None:
    body = Body()
    watched = Watched(body)
    body.moves()
    assert await watched.after(LONGEST_SILENCE_S) == []
    assert watched.signs.complete
    assert await watched.after(1.0) == ["capture", "playback", "ears", "scoring"]


async def test_a_lost_card_that_is_minded_is_no_reason_to_start_anew_until_the_promise_is_broken() -> None:
    body = Body()
    watched = Watched(body)
    body.microphone.minded_until_s = body.loudspeaker.minded_until_s = body.now + 60.0
    assert await watched.after(60.0) == []
    assert watched.signs._liveness.complete(), "READY, so that the service manager does not kill it at its start"
    assert not watched.signs.complete, "but it does not hear"
    assert await watched.after(LONGEST_SILENCE_S + 0.5) == ["capture", "playback", "ears", "scoring"]


async def test_a_microphone_that_is_minded_excuses_no_loudspeaker() -> None:
    body = Body()
    body.moves()
    body.microphone.minded_until_s = body.now + 60.0
    assert await Watched(body).after(10.0) == ["playback"]


async def test_sound_that_comes_and_is_not_searched_for_wake_words_starves_the_watchdog() -> None:
    body = Body()
    watched = Watched(body)
    body.moves()
    for _ in range(20):
        body.last_frame_s = body.last_write_s = body.last_heard_s = body.now
        missed = await watched.after(0.5)
    assert missed == ["scoring"]
    assert not watched.signs.of_late("scoring")
    assert watched.signs.of_late("ears")


def test_a_card_that_stands_still_is_found_out_before_the_watchdog_would_act() -> None:
    """Else the process was killed for what opening the card again may mend."""
    assert STILL_LOOKS * LOOK_S + PROOF_S < LONGEST_SILENCE_S
