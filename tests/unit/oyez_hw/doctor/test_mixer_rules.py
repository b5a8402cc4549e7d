"""Which controls of a card silence it."""

import pytest

from oyez_hw.doctor.mixer_rules import judge_mixers
from oyez_hw.doctor.sound_facts import Mixer

SPEAKER_OFF = Mixer(name="Speaker", playback_percent=70, playback_on=False)


@pytest.mark.parametrize(
    ("mixers", "found"),
    [
        ([Mixer(name="Master", playback_percent=0, playback_on=True)], ["playback_off"]),
        ([SPEAKER_OFF], ["playback_off"]),
        ([SPEAKER_OFF, Mixer(name="Headphone", playback_percent=80, playback_on=True)], []),
        ([SPEAKER_OFF, Mixer(name="PCM", playback_percent=80)], ["playback_off"]),
        ([Mixer(name="Capture", capture_percent=0)], ["capture_off"]),
        ([Mixer(name="Mic", capture_percent=50, capture_on=False)], ["capture_off"]),
        ([Mixer(name="PCM", playback_percent=1, playback_on=True)], []),
        ([Mixer(name="ADC")], []),
        ([], []),
    ],
)
def test_what_all_sound_goes_through_must_be_open_and_of_the_outputs_one(mixers: list[Mixer], found: list[str]) -> None:
    """Headphones that are turned down while the loudspeaker plays are no fault."""
    assert [finding.name for finding in judge_mixers(mixers)] == found
