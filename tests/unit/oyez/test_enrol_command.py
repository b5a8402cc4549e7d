"""`oyez enrol` with recordings: learned and kept, or a sentence."""

from pathlib import Path

import pytest

from oyez.__main__ import main
from oyez_hw.wav import write_wav
from tests.unit.oyez.hearing.vowels import say


@pytest.fixture
def files(tmp_path: Path) -> list[str]:
    paths = [tmp_path / f"{number}.wav" for number in range(3)]
    for number, path in enumerate(paths):
        write_wav(path, say("aiue", 115 + 6 * number, seed=number).reshape(-1, 1), 16_000)
    return [str(path) for path in paths]


def test_three_recordings_become_a_phrase(files: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["enrol", "hey_house", *files, "--state", str(tmp_path)]) == 0
    assert "hey_house was learned from 3 recordings" in capsys.readouterr().out
    assert (tmp_path / "phrases" / "hey_house.npz").exists()


@pytest.mark.parametrize("name", ["../x", "", "two words"])
def test_a_name_that_is_none_is_refused_before_anything_is_written(name: str, files: list[str], tmp_path: Path) -> None:
    assert main(["enrol", name, *files, "--state", str(tmp_path)]) == 1
    assert not (tmp_path / "phrases").exists()


def test_a_file_that_is_missing_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["enrol", "x", str(tmp_path / "none.wav"), "--state", str(tmp_path)]) == 1
    assert "none.wav" in capsys.readouterr().err
