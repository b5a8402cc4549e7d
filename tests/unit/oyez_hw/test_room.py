"""The Room fast, in one thread: scripts, triggers, records, its echo."""

import json
from pathlib import Path

import numpy as np
import pytest

from oyez_hw.boards import BoardSettings, keep_record, open_board, scripted_room
from oyez_hw.pcm import PcmFormat
from oyez_hw.ports import HardwareError
from oyez_hw.room import Ear, Room, RoomSettings
from oyez_hw.room_listener import Listener, Prompter
from oyez_hw.room_script import Step, load_script
from oyez_hw.simulated import FastClock, SimulatedCard
from oyez_hw.wav import read_wav, write_wav

MICROPHONE, LOUDSPEAKER = PcmFormat(16_000, 1), PcmFormat(48_000, 2)


def fast(room: Room) -> SimulatedCard:
    card = SimulatedCard(room, FastClock())
    card.microphone.open()
    card.speaker.open()
    return card


def live(card: SimulatedCard, seconds: float, speaker_level: int = 0) -> np.ndarray:
    """Reads and writes in turn; what microphone 0 heard."""
    heard = []
    for _ in range(round(seconds * 50)):
        card.speaker.write(np.full((960, 2), speaker_level, np.int16))
        heard.append(card.microphone.read().samples[:, 0])
    return np.concatenate(heard)


def write_script(folder: Path, **keys: object) -> Path:
    write_wav(folder / "say.wav", np.full((8_000, 1), 3_000, np.int16), 16_000)
    path = folder / "script.json"
    path.write_text(json.dumps(keys))
    return path


def test_the_same_seed_hears_the_same_and_fast() -> None:
    rooms = [Room(MICROPHONE, LOUDSPEAKER, epoch_s=0.0) for _ in range(2)]
    one, two = (live(fast(room), 60) for room in rooms)
    assert np.array_equal(one, two)
    assert len(one) == 60 * 16_000


def test_something_said_arrives_at_its_level_time_and_is_told_when_done() -> None:
    room = Room(MICROPHONE, LOUDSPEAKER, RoomSettings(noise_dbfs=None), epoch_s=0.0)
    done: list[float] = []
    start_s = room.say(
        np.full(24_000, 0.5, np.float32), 48_000, -20.0, at_s=0.5, distance_m=3.43, on_done=lambda: done.append(1)
    )
    heard = live(fast(room), 1.5)
    assert start_s == pytest.approx(0.51)
    assert np.abs(heard[: round(start_s * 16_000) - 1]).max() == 0
    assert heard[9_000:15_000].mean() == pytest.approx(3_277, rel=0.01)
    assert np.abs(heard[16_500:]).max() == 0
    assert len(done) == 1


def test_the_echo_is_late_and_weaker() -> None:
    room = Room(
        MICROPHONE, LOUDSPEAKER, RoomSettings(noise_dbfs=None, echo_gain_db=-6.0, echo_delay_s=0.05), epoch_s=0.0
    )
    card = fast(room)
    heard = live(card, 0.5, speaker_level=8_000)
    onset_s = np.nonzero(np.abs(heard) > 2_000)[0][0] / 16_000
    loudspeaker_s = np.nonzero(room.heard.read(0, room.heard.end)[:, 0])[0][0] / 48_000
    assert onset_s - loudspeaker_s == pytest.approx(0.05, abs=0.002)
    assert heard[-1_000:].mean() == pytest.approx(8_000 * 0.501, rel=0.02)


def test_an_impulse_response_shapes_the_echo() -> None:
    response = np.zeros(1_600, np.float32)
    response[800] = 0.5
    settings = RoomSettings(noise_dbfs=None, echo_gain_db=0.0, echo_delay_s=0.0, echo_response=response)
    heard = live(fast(Room(PcmFormat(48_000, 1), LOUDSPEAKER, settings, epoch_s=0.0)), 0.5, speaker_level=8_000)
    assert np.nonzero(heard)[0][0] == pytest.approx(800, abs=4)
    assert heard[-1_000:].mean() == pytest.approx(4_000, rel=0.01)


@pytest.mark.parametrize(("direction_deg", "right_is_early"), [(90, 1.0), (-90, -1.0), (0, 0.0), (30, 0.5)])
def test_a_voice_from_the_right_reaches_the_right_ear_first(direction_deg: float, right_is_early: float) -> None:
    """By the places' distance over the speed of sound, to a tenth of a sample."""
    ears = (Ear(x_mm=-40.0), Ear(x_mm=40.0))
    room = Room(PcmFormat(16_000, 2), LOUDSPEAKER, RoomSettings(noise_dbfs=None, ears=ears), epoch_s=0.0)
    card = fast(room)
    noise = np.random.default_rng(1).standard_normal(8_000).astype(np.float32) * 0.1
    room.say(noise, 16_000, at_s=0.1, direction_deg=direction_deg)
    heard = np.concatenate([card.microphone.read().samples for _ in range(40)]) / 32768
    spectra = np.fft.rfft(heard, axis=0)[200:4_000]
    turn = np.unwrap(np.angle(spectra[:, 1] * spectra[:, 0].conj()))
    late = -np.polyfit(np.arange(200, 4_000), turn, 1)[0] * len(heard) / (2 * np.pi)
    assert late == pytest.approx(-right_is_early * 0.08 / 343 * 16_000, abs=0.1)


@pytest.mark.parametrize("drift_ppm", [0.0, 100.0, -250.0])
def test_the_echo_walks_away_as_the_clocks_do(drift_ppm: float) -> None:
    settings = RoomSettings(noise_dbfs=None, echo_gain_db=0.0, echo_delay_s=0.0, capture_drift_ppm=drift_ppm)
    room = Room(MICROPHONE, PcmFormat(16_000, 1), settings, epoch_s=0.0)
    tone = (8_000 * np.sin(np.arange(16_000 * 20) * 2 * np.pi * 500 / 16_000)).astype(np.int16)
    room.play(0, tone[:, None])
    heard = np.concatenate([room.hear(at, 320)[:, 0] for at in range(0, 16_000 * 19, 320)])
    late = heard[16_000 * 18 : 16_000 * 18 + 320].astype(float)
    turn = np.angle(np.vdot(np.exp(2j * np.pi * 500 / 16_000 * np.arange(16_000 * 18, 16_000 * 18 + 320)), late))
    start = np.angle(np.vdot(np.exp(2j * np.pi * 500 / 16_000 * np.arange(320, 640)), heard[320:640].astype(float)))
    walked_s = -(((turn - start) + np.pi) % (2 * np.pi) - np.pi) / (2 * np.pi * 500)
    expected_s = 17.98 * drift_ppm * 1e-6
    assert (walked_s - expected_s + 0.001) % 0.002 - 0.001 == pytest.approx(0.0, abs=5e-6)


def test_a_drifting_microphone_delivers_more_frames_and_stamps_them_with_the_true_time() -> None:
    room = Room(MICROPHONE, LOUDSPEAKER, RoomSettings(noise_dbfs=None, capture_drift_ppm=1_000.0), epoch_s=5.0)
    card = SimulatedCard(room, FastClock(5.0))
    card.microphone.open()
    frames = [card.microphone.read() for _ in range(500)]
    assert frames[-1].time_s - frames[0].time_s == pytest.approx(499 * 0.02 / 1.001, abs=1e-6)
    assert room.now_s == pytest.approx(frames[-1].time_s - 5.0, abs=1e-6)


@pytest.mark.parametrize(("error_s", "reported"), [(0.0, 1_920), (0.08, 1_920 + 3_840), (-0.02, 960), (-0.5, 0)])
def test_a_card_may_be_wrong_about_its_delay(error_s: float, reported: int) -> None:
    room = Room(MICROPHONE, LOUDSPEAKER, RoomSettings(delay_error_s=error_s), epoch_s=0.0)
    card = fast(room)
    card.speaker.write(np.ones((1_920, 2), np.int16))
    assert card.speaker.delay_frames() == pytest.approx(reported, abs=1)


def test_each_ear_hears_the_loudspeaker_by_its_own_distance() -> None:
    ears = (Ear(x_mm=-40.0), Ear(x_mm=40.0))
    settings = RoomSettings(noise_dbfs=None, echo_gain_db=0.0, ears=ears, loudspeaker_mm=(103.0, 0.0, 0.0))
    room = Room(PcmFormat(48_000, 2), LOUDSPEAKER, settings, epoch_s=0.0)
    card = SimulatedCard(room, FastClock())
    card.microphone.open()
    card.speaker.open()
    click = np.random.default_rng(1).integers(-9_000, 9_000, (960, 1)).repeat(2, axis=1).astype(np.int16)
    card.speaker.write(click)
    heard = np.concatenate([card.microphone.read().samples for _ in range(10)]).astype(np.float64)
    left, right = (np.fft.rfft(heard[:, channel]) for channel in (0, 1))
    curve = np.fft.irfft(left * np.conj(right))
    assert int(np.argmax(curve)) == round(0.080 / 343 * 48_000)


def test_a_spoilt_microphone_is_dead_inverted_or_has_an_offset() -> None:
    ears = (Ear(), Ear(inverted=True), Ear(dead=True), Ear(offset=0.25))
    room = Room(PcmFormat(16_000, 4), LOUDSPEAKER, RoomSettings(noise_dbfs=None, ears=ears), epoch_s=0.0)
    room.say(np.sin(np.arange(16_000) * 0.1), 16_000, at_s=0.0)
    heard = room.hear(0, 8_000).astype(int)
    assert np.abs(heard[:, 0]).max() > 1_000
    assert np.abs(heard[:, 1] + heard[:, 0]).max() <= 1
    assert not heard[:, 2].any()
    assert np.abs(heard[:, 3] - heard[:, 0] - 8_192).max() <= 1


def test_a_script_places_its_ears_and_spoils_its_clocks(tmp_path: Path) -> None:
    steps = [{"wav": "say.wav", "at_s": 0.1, "direction_deg": -60}]
    ears = [{"x_mm": -30, "inverted": True}, {"x_mm": 30, "y_mm": 5, "gain_db": -2, "offset": 0.01}]
    path = write_script(
        tmp_path, steps=steps, ears=ears, capture_drift_ppm=100, delay_error_ms=80, loudspeaker_mm=[0, -50, 20]
    )
    room = scripted_room(PcmFormat(16_000, 2), LOUDSPEAKER, load_script(path), 0.0)
    assert room.settings.ears == (Ear(x_mm=-30, inverted=True), Ear(gain_db=-2, x_mm=30, y_mm=5, offset=0.01))
    assert room.settings.loudspeaker_mm == (0, -50, 20)
    assert (room.capture_hz, room.settings.delay_error_s) == (pytest.approx(16_001.6), pytest.approx(0.08))
    live(fast(room), 0.3)
    assert len(room.said[0].at_ears) == 2


def test_ears_must_be_one_a_channel() -> None:
    with pytest.raises(ValueError, match="ears"):
        Room(MICROPHONE, LOUDSPEAKER, RoomSettings(ears=(Ear(), Ear())), epoch_s=0.0)


def test_a_script_speaks_answers_a_reply_and_leaves_a_record(tmp_path: Path) -> None:
    steps = [{"wav": "say.wav", "at_s": 0.5, "label": "one"}, {"wav": "say.wav", "after": "reply_ends", "delay_s": 1.0}]
    loaded = load_script(write_script(tmp_path, steps=steps, record_wav="out/room"))
    room = scripted_room(MICROPHONE, LOUDSPEAKER, loaded, 0.0)
    card = fast(room)
    live(card, 1.5)
    live(card, 0.3, speaker_level=5_000)  # a chime
    live(card, 1.0)
    live(card, 1.5, speaker_level=5_000)
    live(card, 3.0)
    kinds = [event.kind for event in room.events]
    assert kinds == [
        *("speech_begins", "speech_ends"),
        *("reply_begins", "reply_ends"),
        *("speech_begins", "speech_ends"),
        "script_done",
    ]
    assert room.said[1].start / 16_000 == pytest.approx(4.3 + 1.0, abs=0.1)
    keep_record(room, loaded)
    document = json.loads((tmp_path / "out" / "room.json").read_text())
    assert [said["label"] for said in document["said"]] == ["one", "say.wav"]
    for part, rate_hz in (("loudspeaker", 48_000), ("microphone", 16_000)):
        samples, got_hz = read_wav(tmp_path / "out" / f"room.{part}.wav")
        assert (got_hz, len(samples) / got_hz) == (rate_hz, pytest.approx(7.3, abs=0.1))


@pytest.mark.parametrize(
    ("keys", "message"),
    [
        ({"step": []}, "unknown field `step`"),
        ({"steps": [{"wav": "say.wav", "after": "lunch"}]}, r"after"),
        ({"steps": [{"wav": "say.wav", "level_dbfs": 3}]}, r"level_dbfs"),
        ({"steps": [{"wav": "say.wav", "at_s": 1, "after": "start"}]}, r"steps\[0\] has both"),
        ({"steps": [{"wav": "nothing.wav"}]}, "nothing.wav"),
    ],
)
def test_a_wrong_script_says_where(tmp_path: Path, keys: dict[str, object], message: str) -> None:
    with pytest.raises(HardwareError, match=message):
        load_script(write_script(tmp_path, **keys))


def test_a_missing_script_is_said(tmp_path: Path) -> None:
    with pytest.raises(HardwareError, match=r"board\.room_script"):
        open_board(BoardSettings(name="simulated", room_script=str(tmp_path / "none.json")))


def test_boards_are_built_but_not_opened() -> None:
    simulated = open_board(BoardSettings(name="simulated"))
    assert simulated.room is not None
    assert simulated.room.microphone == PcmFormat(16_000, 1)
    assert open_board(BoardSettings(name="alsa", capture_device="nobody")).room is None


def test_a_listener_tells_replies_from_chimes() -> None:
    listener = Listener(0.6, 0.7)
    loud = lambda t: -20.0 if 1.0 <= t < 1.4 or 2.0 <= t < 3.0 or 3.5 <= t < 4.0 else -90.0  # noqa: E731
    told = [listener.heard(i / 50, (i + 1) / 50, loud(i / 50)) for i in range(300)]
    replies = [(reply.kind, round(reply.at_s, 2), round(reply.noticed_s, 2)) for reply in told if reply]
    assert replies == [("reply_begins", 2.0, 2.6), ("reply_ends", 4.0, 4.7)]


def test_a_step_waits_for_the_answer_to_what_was_said_last() -> None:
    """A barge-in stops one reply; the step after it waits for the end of the next one."""
    prompter = Prompter([Step(wav="a", after="reply_begins"), Step(wav="b", after="reply_ends")], 0.7)
    listener = Listener(0.6, 0.7)
    spoken: list[tuple[int, float]] = []
    for i in range(600):
        now = i / 50
        loud = 1.0 <= now < 3.0 or 5.0 <= now < 7.0
        if (reply := listener.heard(now, now + 0.02, -20.0 if loud else -90.0)) is not None:
            prompter.replied(reply)
        if (due := prompter.due(now, listener.last_sound_s)) is not None:
            spoken.append(due)
            prompter.spoken(due[1] + 0.5)
    assert [(number, round(at_s, 1)) for number, at_s in spoken] == [(0, 1.6), (1, 7.7)]
    assert prompter.done


def test_after_silence_means_that_nobody_speaks() -> None:
    prompter = Prompter([Step(wav="a"), Step(wav="b", after="silence")], 0.7)
    assert prompter.due(0.0, -1e9) == (0, 0.0)
    prompter.spoken(1.0)
    assert prompter.due(1.5, -1e9) is None
    assert prompter.due(1.8, 1.2) is None
    assert prompter.due(2.0, 1.2) == (1, 2.0)
