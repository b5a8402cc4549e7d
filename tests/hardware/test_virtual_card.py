"""What only the virtual ALSA card has: drift, other processes, the command line."""

import asyncio
import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from oyez_hw.alsa_microphone import KERNEL_BUFFER_MS, AlsaMicrophone
from oyez_hw.alsa_speaker import AlsaSpeaker
from oyez_hw.crossing import Ticker
from oyez_hw.faults import Fault
from oyez_hw.pcm import Frame, PcmFormat
from oyez_hw.ports import HardwareError
from oyez_hw.virtual_card import LOUDSPEAKER, MICROPHONE, Gives, VirtualCard
from oyez_hw.wav import read_wav, write_wav

MONO = (PcmFormat(16_000, 1), PcmFormat(48_000, 2))
Make = Callable[..., VirtualCard]


def oyez_hw(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "oyez_hw", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)


def test_a_clock_that_runs_fast_delivers_more(make_virtual: Make) -> None:
    """5 % is far above what scheduling can blur."""
    make_virtual(MONO, drift_ppm=50_000)
    microphone = AlsaMicrophone(MICROPHONE, MONO[0])
    microphone.open()
    first = microphone.read().time_s
    last = [microphone.read() for _ in range(50)][-1].time_s
    microphone.close()
    assert 50 * 320 / (last - first) == pytest.approx(16_800, rel=0.02)


def test_xruns_of_a_caller_that_waits_are_survived_as_from_the_kernel(make_virtual: Make) -> None:
    """Not taken for a card that is gone: the daemon would close it, and the reply or the wake word would be lost."""
    card = make_virtual(MONO)
    microphone, speaker = AlsaMicrophone(MICROPHONE, MONO[0]), AlsaSpeaker(LOUDSPEAKER, MONO[1])
    microphone.open()
    speaker.open()
    for force in (card.force_capture_xrun, card.force_playback_xrun):
        breaker = Ticker(force, 0.047, "breaker")
        breaker.start()
        for _ in range(30):
            if force == card.force_capture_xrun:
                microphone.read()
            else:
                speaker.write(np.zeros((1_920, 2), np.int16))
        breaker.stop()
    microphone.close()
    speaker.close()
    assert microphone.xruns > 5
    assert speaker.xruns > 5


async def test_a_room_that_comes_late_is_no_overrun_of_the_reader(make_virtual: Make) -> None:
    """The room lives in the test's process, which may be busy: what it owes comes whole, at the reader's pace."""
    card = make_virtual(MONO)
    card.room.say(np.full(16_000 * 3, 3_000, np.int16), 16_000)
    microphone = AlsaMicrophone(MICROPHONE, MONO[0])
    microphone.open()
    before = await asyncio.to_thread(microphone.read)
    periods = round(2 * KERNEL_BUFFER_MS / 20) + 10

    def read_all() -> list[Frame]:
        return [microphone.read() for _ in range(periods)]

    with card.room.guard:
        reading = asyncio.get_running_loop().run_in_executor(None, read_all)
        await asyncio.sleep(1.5 * KERNEL_BUFFER_MS / 1000)  # the reader runs on this time too
    frames = await reading
    microphone.close()
    assert microphone.xruns == 0
    sound = np.concatenate([frame.samples[:, 0] for frame in frames])
    assert np.abs(sound).min() > 1_000, "a hole in what was said"
    assert frames[-1].time_s - before.time_s == pytest.approx(periods * 0.02, abs=0.1)


def test_a_reader_that_comes_late_has_an_overrun(make_virtual: Make) -> None:
    card = make_virtual(MONO)
    microphone = AlsaMicrophone(MICROPHONE, MONO[0])
    microphone.open()
    microphone.read()
    heard = threading.Event()
    card.room.say(np.full(round(16 * (KERNEL_BUFFER_MS + 100)), 3_000, np.int16), 16_000, on_done=heard.set)
    assert heard.wait(10)
    microphone.read()
    microphone.close()
    assert microphone.xruns == 1


def test_what_is_said_at_the_first_moment_after_a_replug_is_heard_from_its_beginning(make_virtual: Make) -> None:
    """Room time goes on without a microphone: else what was said would lie before the moment at which it is said."""
    card = make_virtual(MONO)
    microphone = AlsaMicrophone(MICROPHONE, MONO[0])
    microphone.open()
    unplugged_s = microphone.read().time_s
    card.unplug()
    microphone.close()
    passed = threading.Event()
    watch = Ticker(
        lambda: passed.set() if card.room.monotonic_s(card.room.now_s) > unplugged_s + 0.5 else None, 0.01, "w"
    )
    watch.start()
    assert passed.wait(10)
    watch.stop()
    card.replug()
    card.room.say(np.full(4_800, 3_000, np.int16), 16_000)
    microphone.open()
    sound = np.concatenate([microphone.read().samples[:, 0] for _ in range(25)])
    microphone.close()
    assert np.count_nonzero(np.abs(sound) > 1_000) == pytest.approx(4_800, abs=1_600)  # opening takes its time


def test_a_card_that_is_not_there_is_named_with_the_setting_to_change(make_virtual: Make) -> None:
    make_virtual(MONO)
    with pytest.raises(HardwareError, match=r"no microphone nobody.*board\.capture_device"):
        AlsaMicrophone("nobody", MONO[0]).open()
    with pytest.raises(HardwareError, match=r"no loudspeaker nobody.*board\.playback_device"):
        AlsaSpeaker("nobody", MONO[1]).open()


def test_a_killed_process_frees_the_card(make_virtual: Make) -> None:
    make_virtual(MONO)
    program = (
        "from oyez_hw.alsa_microphone import AlsaMicrophone; from oyez_hw.pcm import PcmFormat\n"
        f"m = AlsaMicrophone('{MICROPHONE}', PcmFormat(16000, 1)); m.open()\n"
        "m.read(); print('open', flush=True)\nwhile True: m.read()"
    )
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "open\n"
        microphone = AlsaMicrophone(MICROPHONE, MONO[0])
        with pytest.raises(HardwareError, match="in use"):
            microphone.open()
        os.kill(holder.pid, signal.SIGKILL)
    assert microphone.open() == MONO[0]
    assert len(microphone.read().samples) == 320
    microphone.close()


def test_the_command_line_records_plays_and_measures(make_virtual: Make, tmp_path: Path) -> None:
    card = make_virtual(MONO)
    card.room.say(np.sin(np.arange(16_000 * 30) * 0.2), 16_000, level_dbfs=-20.0)
    done = oyez_hw("record", tmp_path / "r.wav", "--device", MICROPHONE, "--seconds", "0.3", "--json")
    said = json.loads(done.stdout)
    assert done.returncode == 0
    assert (said["rate_hz"], said["channels"], said["seconds"]) == (16_000, 1, 0.3)
    assert said["dbfs"] == pytest.approx([-20.0], abs=1.5)
    assert read_wav(tmp_path / "r.wav")[0].shape == (4_800, 1)
    write_wav(tmp_path / "p.wav", np.full((8_000, 1), 3_000, np.int16), 16_000)
    done = oyez_hw("play", tmp_path / "p.wav", "--device", LOUDSPEAKER, "--json")
    assert json.loads(done.stdout)["rate_hz"] == 48_000
    loud = np.abs(card.room.heard.read(0, card.room.heard.end)) > 2_000
    assert loud.sum(axis=0) == pytest.approx([24_000, 24_000], rel=0.05)
    done = oyez_hw("levels", "--device", MICROPHONE, "--seconds", "0.3", "--json")
    assert json.loads(done.stdout)["loudest_dbfs"] == pytest.approx([-20.0], abs=1.5)


def test_the_command_line_lists_and_says_what_fails(make_virtual: Make, tmp_path: Path) -> None:
    make_virtual(MONO)
    assert "capture" in json.loads(oyez_hw("list", "--json").stdout)
    done = oyez_hw("record", tmp_path / "r.wav", "--device", "nobody")
    assert (done.returncode, "no microphone nobody" in done.stderr) == (1, True)
    assert oyez_hw("record").returncode == 2
    assert oyez_hw("levels", "--rate", "1").returncode == 2


def test_the_card_runs_beside_other_programs_with_a_script_and_leaves_its_record(
    plugin_folder: Path, tmp_path: Path
) -> None:
    """As for a daemon on board `alsa` with no sound hardware."""
    write_wav(tmp_path / "say.wav", np.full((4_800, 1), 3_000, np.int16), 16_000)
    (tmp_path / "script.json").write_text('{"record_wav": "out", "steps": [{"wav": "say.wav", "at_s": 0.2}]}')
    command = [sys.executable, "-m", "oyez_hw.virtual_card", "--dir", str(tmp_path / "card")]
    command += ["--script", str(tmp_path / "script.json")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as card:
        assert card.stdout is not None
        name, _, value = card.stdout.readline().strip().partition("=")
        environment = {**os.environ, name: value}
        record = ["-m", "oyez_hw", "record", str(tmp_path / "r.wav"), "--device", MICROPHONE, "--seconds", "0.7"]
        subprocess.run([sys.executable, *record], env=environment, timeout=30, check=True)
        card.terminate()
        assert card.wait(10) == 0
    kinds = [event["kind"] for event in json.loads((tmp_path / "out.json").read_text())["events"]]
    assert kinds == ["speech_begins", "speech_ends", "script_done"]
    assert np.abs(read_wav(tmp_path / "r.wav")[0]).max() > 1_000


def test_a_card_that_was_suspended_says_so_once_and_may_be_opened_again(make_virtual: Make) -> None:
    card = make_virtual(MONO)
    microphone, speaker = AlsaMicrophone(MICROPHONE, MONO[0]), AlsaSpeaker(LOUDSPEAKER, MONO[1])
    microphone.open()
    speaker.open()
    microphone.read()
    silence = np.zeros((960, 2), np.int16)
    speaker.write(silence)
    card.suspend()
    with pytest.raises(HardwareError, match=r"microphone .* was suspended"):
        [microphone.read() for _ in range(10)]
    with pytest.raises(HardwareError, match=r"loudspeaker .* was suspended"):
        [speaker.write(silence) for _ in range(10)]
    microphone.open()
    speaker.open()
    microphone.read()
    speaker.write(silence)
    microphone.close()
    speaker.close()


def test_a_card_that_refuses_its_rate_and_one_that_another_has_are_told_apart(make_virtual: Make) -> None:
    card = make_virtual(MONO)
    microphone = AlsaMicrophone(MICROPHONE, MONO[0])
    card.refuse(True)
    with pytest.raises(HardwareError, match="does not run as it was asked to") as refused:
        microphone.open()
    card.refuse(False)
    card.hold()
    with pytest.raises(HardwareError, match="in use by another program") as busy:
        microphone.open()
    card.release()
    assert (refused.value.fault, busy.value.fault) == (Fault.REFUSED, Fault.BUSY)
    microphone.open()
    microphone.close()


def test_a_clock_that_stands_holds_who_reads_and_is_an_overrun_when_it_goes_on(make_virtual: Make) -> None:
    card = make_virtual(MONO)
    microphone = AlsaMicrophone(MICROPHONE, MONO[0])
    microphone.open()
    microphone.read()
    card.stall(True)
    again = threading.Timer(0.5, card.stall, [False])
    again.start()
    while not microphone.xruns:
        last = microphone.read()
    again.join()
    assert microphone.read().time_s > last.time_s
    microphone.close()


@pytest.mark.parametrize("what", ["zeros", "loop"])
def test_a_converter_that_is_broken_gives_zeros_or_the_same_over_and_over(make_virtual: Make, what: Gives) -> None:
    card = make_virtual(MONO)
    microphone = AlsaMicrophone(MICROPHONE, MONO[0], period_ms=100.0)
    microphone.open()
    card.give(what)
    [microphone.read() for _ in range(5)]  # what was on its way, and where it broke
    first, second = microphone.read().samples, microphone.read().samples
    assert np.array_equal(first, second)
    assert bool(first.any()) == (what == "loop")
    microphone.close()
