"""`oyez locker`: what a person at the terminal sees and does, on the files of a device."""

import csv
import json
from pathlib import Path

import numpy as np
import pytest

from oyez.__main__ import main
from oyez.hearing.locker.clips import ClipFacts, Label, from_wav
from oyez.hearing.locker.files import FOLDER, ClipFolder
from oyez.hearing.locker.thresholds import load_thresholds, save_threshold

SOUND = np.arange(800, dtype=np.int16)


def locker(state: Path, *arguments: str) -> int:
    verb, *rest = arguments
    return main(["locker", verb, "--state", str(state), *rest])


def fill(state: Path, score: float, label: Label | None = None, word: str = "alexa", times: int = 1) -> None:
    clips = ClipFolder(state / FOLDER, 10**7)
    for _ in range(times):
        facts = ClipFacts(
            word=word, kind="wake" if score >= 0.9 else "near_miss", score=score, threshold=0.9, at_s=1.7e9, snr_db=9.0
        )
        clips.label(clips.keep(SOUND, facts).id, label)


@pytest.fixture
def labelled(tmp_path: Path) -> Path:
    """Said ones score 0.8, which the threshold of 0.9 misses; the others 0.6."""
    fill(tmp_path, 0.8, "true", times=12)
    fill(tmp_path, 0.6, "false", times=12)
    return tmp_path


def test_clips_are_listed_with_what_is_known_of_them(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    fill(tmp_path, 0.85)
    fill(tmp_path, 0.95, "true", word="hey_jarvis")
    assert locker(tmp_path, "list") == 0
    _, first, second = capsys.readouterr().out.splitlines()
    assert first.split()[0] == "000001"
    assert "near_miss  0.850  0.900      9" in first
    assert "hey_jarvis" in second
    assert second.endswith("true")
    assert locker(tmp_path, "list", "--label", "none", "--json") == 0
    (clip,) = json.loads(capsys.readouterr().out)["clips"]
    assert (clip["id"], clip["facts"]["word"], clip["label"]) == ("000001", "alexa", None)


def test_a_label_is_set_taken_back_and_refused_for_a_clip_that_is_not_there(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    fill(tmp_path, 0.85, times=2)
    clips = ClipFolder(tmp_path / FOLDER, 0)
    assert locker(tmp_path, "label", "1", "2", "false") == 0
    assert [clip.label for clip in clips.list()] == ["false", "false"]
    assert locker(tmp_path, "label", "2", "none") == 0
    assert [clip.label for clip in clips.list()] == ["false", None]
    assert locker(tmp_path, "label", "../1", "true") == 1
    assert "no clip's id" in capsys.readouterr().err


def test_a_clip_is_written_where_it_is_wanted(tmp_path: Path) -> None:
    fill(tmp_path, 0.85)
    assert locker(tmp_path, "play", "1", "--to", str(tmp_path / "x.wav")) == 0
    assert (from_wav((tmp_path / "x.wav").read_bytes()) == SOUND).all()


def test_a_better_threshold_is_shown_and_what_to_write_where(
    labelled: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert locker(labelled, "fit") == 0
    told = capsys.readouterr().out
    assert "A threshold of 0.7 in place of 0.9: of these clips it misses 0 of 12 (now 12)" in told
    assert '  name = "alexa"\n  threshold = 0.7' in told
    assert load_thresholds(labelled) == {}, "nothing is changed by looking"


def test_a_proposal_is_kept_when_told_so_and_forgotten_when_told_so(labelled: Path) -> None:
    save_threshold(labelled, "jarvis", 0.5)
    assert locker(labelled, "fit", "--apply") == 0
    assert load_thresholds(labelled) == {"alexa": 0.7, "jarvis": 0.5}
    assert locker(labelled, "fit", "--word", "alexa", "--forget") == 0
    assert load_thresholds(labelled) == {"jarvis": 0.5}
    assert locker(labelled, "fit", "--forget") == 0
    assert load_thresholds(labelled) == {}


def test_with_few_labels_nothing_is_proposed_nor_kept(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    fill(tmp_path, 0.8, "true", times=3)
    assert locker(tmp_path, "fit", "--apply") == 0
    assert "Too few labels to say: 3 true and 0 false" in capsys.readouterr().out
    assert load_thresholds(tmp_path) == {}


def test_the_curve_is_told_to_programs_and_drawn_for_people(labelled: Path, capsys: pytest.CaptureFixture[str]) -> None:
    picture = labelled / "curve.png"
    assert locker(labelled, "fit", "--json", "--png", str(picture)) == 0
    found = json.loads(capsys.readouterr().out.splitlines()[-1])["words"]["alexa"]
    assert found["proposed"] == 0.7
    assert {"threshold", "false_rejects", "false_accepts"} == set(found["curve"][0])
    assert picture.read_bytes().startswith(b"\x89PNG")


def test_one_picture_is_of_one_word(labelled: Path, capsys: pytest.CaptureFixture[str]) -> None:
    fill(labelled, 0.8, word="jarvis")
    assert locker(labelled, "fit", "--png", str(labelled / "curve.png")) == 1
    assert "add --word" in capsys.readouterr().err


def test_what_is_exported_is_all_of_it_and_a_table(labelled: Path, tmp_path: Path) -> None:
    assert locker(labelled, "export", str(tmp_path / "out")) == 0
    rows = list(csv.DictReader((tmp_path / "out" / "clips.csv").open()))
    assert len(rows) == len(list((tmp_path / "out").glob("*.wav"))) == 24
    assert (rows[0]["path"], rows[0]["label"], rows[0]["score"]) == ("000001.wav", "true", "0.8")


def test_clips_are_deleted_only_on_a_clear_word(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fill(tmp_path, 0.85)
    monkeypatch.setattr("builtins.input", lambda question: "")
    assert locker(tmp_path, "clear") == 1
    assert len(ClipFolder(tmp_path / FOLDER, 0).list()) == 1
    assert locker(tmp_path, "clear", "--yes") == 0
    assert ClipFolder(tmp_path / FOLDER, 0).list() == []


def test_where_nothing_was_kept_it_says_how_it_is(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert locker(tmp_path / "nowhere", "list") == 0
    assert "hearing.locker" in capsys.readouterr().out
    assert locker(tmp_path / "nowhere", "fit") == 0
