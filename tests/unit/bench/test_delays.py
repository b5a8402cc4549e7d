"""What the benchmark of delays reckons with."""

import numpy as np
import pytest

from tests.bench._delays import first_delta_s, moment, percentiles, speech_s, uplink

RATE_HZ = 16_000


def tone(seconds: float, level: float) -> np.ndarray:
    return np.round(np.sin(np.arange(round(seconds * RATE_HZ)) * 0.3) * level).astype(np.int16)


def test_speech_between_silences_has_an_onset_and_an_end() -> None:
    sound = np.concatenate([tone(0.3, 2), tone(0.5, 9_000), tone(0.4, 2)])
    assert speech_s(sound, RATE_HZ) == pytest.approx((0.3, 0.8), abs=0.011)


def test_where_the_background_hides_the_edges_there_are_none() -> None:
    sound = np.concatenate([tone(0.3, 400), tone(0.5, 9_000), tone(0.4, 400)])
    assert speech_s(sound, RATE_HZ) is None


def test_a_moment_is_the_first_of_its_kind_within_the_places() -> None:
    facts = [(1.0, "a"), (2.0, 5), (3.0, "b"), (4.0, "c")]
    assert moment(facts, str, 1, 4) == (3.0, "b")
    assert moment(facts, str, 1, 2) is None


def test_uplink_is_the_audio_that_came_in_within_the_span() -> None:
    lines = [
        {"direction": "in", "time_s": 1.0, "type": "a", "audio_bytes": 960},
        {"direction": "in", "time_s": 2.0, "type": "a", "audio_bytes": 0},
        {"direction": "out", "time_s": 2.0, "type": "a", "audio_bytes": 960},
        {"direction": "in", "time_s": 2.5, "type": "a", "audio_bytes": 480},
        {"direction": "in", "time_s": 3.0, "type": "a", "audio_bytes": 960},
    ]
    assert uplink(lines, 1.5, 3.0) == [(2.5, 480)]


def test_the_first_delta_is_that_of_the_response_asked_for() -> None:
    kind = "response.output_audio.delta"
    lines = [{"direction": "out", "type": kind, "response_id": name, "time_s": at} for name, at in (("a", 1), ("b", 2))]
    assert first_delta_s(lines, "b") == 2
    assert first_delta_s(lines, "c") is None


def test_percentiles_are_in_milliseconds_and_none_come_of_nothing() -> None:
    assert percentiles([n / 1000 for n in range(101)]) == {"p50": 50.0, "p95": 95.0, "p99": 99.0}
    assert percentiles([]) == {}
