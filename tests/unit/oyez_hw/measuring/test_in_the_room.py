"""Sweeps in the simulated Room, faster than real time: what is wrong with its microphones is what is found."""

import pytest

from oyez_hw.duplex import play_and_record
from oyez_hw.measuring.channel_check import channels_in
from oyez_hw.measuring.chirp import Chirp, train
from oyez_hw.measuring.findings import Finding, arrivals_us, findings
from oyez_hw.measuring.impulse_response import responses
from oyez_hw.measuring.loop_back import arrivals_in, measured
from oyez_hw.measuring.microphone_order import expected_us, order_of
from oyez_hw.pcm import PcmFormat
from oyez_hw.room import Ear, Room, RoomSettings
from oyez_hw.simulated import FastClock, SimulatedCard

SWEEP = Chirp(0.5)
PLACES = {0: (40.0, 0.0, 0.0), 1: (0.0, -40.0, 0.0), 2: (-40.0, 0.0, 0.0), 3: (0.0, 40.0, 0.0)}
ASIDE, ON_AXIS = (60.0, 25.0, 10.0), (100.0, 0.0, 0.0)


def ear(place: int, **wrong: float) -> Ear:
    return Ear(x_mm=PLACES[place][0], y_mm=PLACES[place][1], **wrong)  # type: ignore[arg-type]


HEALTHY = tuple(ear(place) for place in PLACES)


def found_in(
    ears: tuple[Ear, ...],
    loudspeaker: tuple[float, float, float] = ASIDE,
    drift_ppm: float = 25.0,
    references: tuple[int, ...] = (),
) -> list[Finding]:
    settings = RoomSettings(ears=ears, loudspeaker_mm=loudspeaker, capture_drift_ppm=drift_ppm)
    air = Room(PcmFormat(16_000, len(ears)), PcmFormat(48_000, 2), settings, epoch_s=0.0)
    card, played = SimulatedCard(air, FastClock()), train(SWEEP, 6)
    take = play_and_record(
        card.microphone,
        card.speaker,
        lambda card_format: played.sound(card_format.rate_hz, card_format.channels, -20),
        1.2,
        clock=card.clock.now_s,
    )
    arrivals = arrivals_in(take, played)
    way = responses(take, played, arrivals, measured(take, played, arrivals).path_ms / 1000, -20)
    channels = channels_in(take, way)
    return findings(channels, order_of(arrivals_us(channels), expected_us(PLACES, loudspeaker)), references)


def test_of_healthy_microphones_nothing_is_said() -> None:
    assert found_in(HEALTHY) == []


@pytest.mark.parametrize(
    ("ears", "kind", "channels", "words"),
    [
        ((ear(2), ear(1), ear(0), ear(3)), "moved", (0, 2), "Channels 0 and 2 are swapped"),
        ((*HEALTHY[:3], ear(3, inverted=True)), "inverted", (3,), "Channel 3 is inverted"),
        ((*HEALTHY[:1], ear(1, dead=True), *HEALTHY[2:]), "dead", (1,), "Channel 1 is dead"),
        ((ear(0, gain_db=-110.0), *HEALTHY[1:]), "deaf", (0,), "hears nothing of the loudspeaker"),
        ((ear(0, gain_db=-9.0), *HEALTHY[1:]), "weak", (0,), "9 dB weaker"),
        ((*HEALTHY[:2], ear(2, offset=-0.05), ear(3)), "offset", (2,), "-5.0 %"),
        ((*HEALTHY[:2], ear(2, gain_db=40.0), ear(3)), "clipped", (2,), "clips"),
    ],
)
def test_a_fault_is_found_and_named(ears: tuple[Ear, ...], kind: str, channels: tuple[int, ...], words: str) -> None:
    said = {(one.kind, one.channels): one for one in found_in(ears)}
    assert (kind, channels) in said
    assert words in said[kind, channels].sentence
    assert said[kind, channels].fault


def test_three_that_changed_places_in_a_ring_are_named_one_by_one() -> None:
    said = found_in((ear(1), ear(2), ear(0), ear(3)))
    assert [one.channels for one in said] == [(0,), (1,), (2,)]
    assert said[0].sentence == "Channel 0 hears as channel 1 should."


def test_a_swap_that_symmetry_hides_is_said_to_be_hidden_and_is_no_fault() -> None:
    (said,) = found_in((ear(0), ear(3), ear(2), ear(1)), ON_AXIS)
    assert (said.kind, said.channels, said.fault) == ("alike", (1, 3), False)
    assert "cannot be told from there" in said.sentence


def test_two_against_two_are_not_decided() -> None:
    said = found_in((ear(0), ear(1, inverted=True), ear(2, inverted=True), ear(3)))
    assert [one.kind for one in said] == ["polarity_unsure"]


def test_a_loudspeaker_that_is_elsewhere_is_said_to_fit_no_order() -> None:
    ears = tuple(Ear(x_mm=3 * x, y_mm=3 * y) for x, y, _ in PLACES.values())
    (said,) = found_in(ears)
    assert said.kind == "places_unfit"
