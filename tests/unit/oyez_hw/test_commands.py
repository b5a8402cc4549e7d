"""What is wrong with the words of `oyez-hw` is told in a sentence, at once; Ctrl-C ends it quietly."""

from pathlib import Path

import pytest

from oyez_hw import __main__ as oyez_hw
from oyez_hw.commands import calibrate, listening
from oyez_hw.ports import HardwareError

SIMULATED = ("--board", "simulated")


def told(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str]:
    """(exit code, what was said on standard error)."""
    try:
        code = oyez_hw.main(list(words))
    except SystemExit as end:  # argparse's
        code = int(end.code or 0)
    return code, capsys.readouterr().err


@pytest.mark.parametrize(
    "line",
    [
        'period_ms = "a"',
        "period_ms = 0",
        "capture_device = 5",
        "capture_rate_hz = 16000.5",
        'mixer_range_db = ["a", "b"]',
        "room_script = 5",
        "microphones = 3",
        "microphones = [{}]",
    ],
)
def test_a_configuration_that_is_wrong_is_told_before_anything_is_opened(
    line: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config = tmp_path / "oyez.toml"
    config.write_text(f'[board]\nname = "simulated"\n{line}\n')
    code, said = told(capsys, "levels", "--config", str(config), "--seconds", "0.1")
    assert code == 2
    assert line.partition(" ")[0] in said or "[board] is wrong" in said
    assert "Traceback" not in said


@pytest.mark.parametrize("seconds", ["nan", "inf", "-1", "1e9", "long"])
@pytest.mark.parametrize("command", [("record", "x.wav"), ("levels",), ("latency",), ("channels",), ("calibrate",)])
def test_times_without_end_are_refused(
    command: tuple[str, ...], seconds: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """A train of chirps of a year is built in memory before it is played."""
    code, said = told(capsys, *command, *SIMULATED, "--seconds", seconds)
    assert (code, "is no time: it must be 0 to" in said) == (2, True)


@pytest.mark.parametrize("place", ["nan,1", "1", "a,b", "1,2,3,4"])
def test_a_place_that_is_none_is_refused(place: str, capsys: pytest.CaptureFixture[str]) -> None:
    code, said = told(capsys, "channels", *SIMULATED, "--loudspeaker", place)
    assert (code, "is no place: X,Y or X,Y,Z in mm" in said) == (2, True)


def test_a_folder_that_cannot_be_written_is_told_before_the_long_measurement(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(calibrate, "heard", _never)
    (tmp_path / "file").touch()
    code, said = told(capsys, "calibrate", *SIMULATED, "--state", str(tmp_path / "file"))
    assert (code, "file" in said) == (1, True)


def test_a_folder_that_is_not_there_is_one_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, said = told(capsys, "record", *SIMULATED, "--seconds", "0.1", str(tmp_path / "away/a.wav"))
    assert code == 1
    assert len(said.splitlines()) == 1, said


def test_an_empty_file_is_no_sound(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "empty.wav").touch()
    assert told(capsys, "play", *SIMULATED, str(tmp_path / "empty.wav")) == (
        2,
        f"oyez-hw: {tmp_path}/empty.wav is no WAV file of PCM (it ends too early): convert it to 16 bit PCM\n",
    )


@pytest.mark.parametrize(
    ("raised", "code"), [(KeyboardInterrupt(), 130), (HardwareError("it is gone"), 1), (ValueError("no"), 2)]
)
def test_what_ends_a_measurement_is_an_exit_code(
    raised: BaseException, code: int, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise raised

    monkeypatch.setattr(listening, "play_and_record", fail)
    assert told(capsys, "latency", *SIMULATED)[0] == code


def _never(*_: object, **__: object) -> None:
    raise AssertionError("it was measured before the folder was looked at")
