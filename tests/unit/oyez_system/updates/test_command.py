"""`oyez-system update ...` on a machine that is no flashed device: sentences, and nothing done."""

import hashlib
import json
from concurrent.futures import ThreadPoolExecutor, wait
from pathlib import Path

import pytest

from oyez_system import __main__ as entry, update_settings as settings
from oyez_system.updates import assembling, command, promote_command
from oyez_system.updates.places import Places
from oyez_system.updates.refusal import Refused
from oyez_system.updates.release import decode


@pytest.fixture
def places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Places:
    (tmp_path / "run").mkdir()
    made = Places(tmp_path / "run", tmp_path / "own", tmp_path / "state", tmp_path / "boot", tmp_path / "volatile")
    (tmp_path / "boot").write_text("boot-1\n")
    monkeypatch.setattr(command, "Places", lambda: made)
    monkeypatch.setattr(promote_command, "Places", lambda: made)
    # Whatever there is on the machine that runs the tests.
    monkeypatch.setattr(settings, "load", lambda: settings.Updates())
    monkeypatch.setenv("PATH", str(tmp_path))
    return made


def test_without_a_source_the_timer_is_content_and_a_person_is_told(
    places: Places, capsys: pytest.CaptureFixture[str]
) -> None:
    assert entry.main(["update"]) == 0
    assert entry.main(["update", "check"]) == 1
    assert "Nobody has said where new versions come from" in capsys.readouterr().err
    assert places.told() is not None


def test_a_file_on_a_machine_without_rauc_is_refused_with_a_sentence(
    places: Places, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "oyez-9.raucb").write_bytes(b"x")
    assert entry.main(["update", "install", str(tmp_path / "oyez-9.raucb")]) == 1
    assert "no flashed device" in capsys.readouterr().err
    told = places.told()
    assert told is not None
    assert "no flashed device" in told.why


def test_a_request_is_taken_up_even_if_nothing_comes_of_it(places: Places) -> None:
    (places.run / "install-update").write_text("9.0.0\n")
    assert entry.main(["update", "install"]) == 1
    assert not (places.run / "install-update").exists()


def test_a_mistake_in_the_settings_is_told_to_who_asked(places: Places, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> settings.Updates:
        return settings.parse("[updates]\nquiet = 1\n" + "".join(f"x{n} = 1\n" for n in range(200)), "system.toml")

    monkeypatch.setattr(settings, "load", broken)
    assert entry.main(["update", "install"]) == 78
    told = places.told()
    assert told is not None
    assert told.why.startswith("system.toml, line 2: updates.quiet is unknown.")


def test_only_one_update_is_made_at_a_time(places: Places) -> None:
    with assembling.alone(places), pytest.raises(Refused, match="already"), assembling.alone(places):
        pass


def test_a_request_while_an_update_is_made_is_taken_up_and_starts_nobody_again(
    places: Places, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(command, "LOOKING_S", 0.0)
    (places.run / "install-update").write_text("9.0.0\n")
    with assembling.alone(places):
        assert entry.main(["update", "install"]) == 1
    assert "being made already" in capsys.readouterr().err
    assert not (places.run / "install-update").exists()


def test_who_asks_waits_for_a_run_that_only_looks(places: Places) -> None:
    def ask() -> bool:
        with assembling.alone(places, 30.0):
            return True

    with ThreadPoolExecutor(1) as other:
        with assembling.alone(places):
            asked = other.submit(ask)
            assert wait([asked], timeout=0.3).done == set()
        assert asked.result(30.0)


def test_what_became_of_updates_can_be_asked(places: Places, capsys: pytest.CaptureFixture[str]) -> None:
    assert entry.main(["update", "status"]) == 0
    assert json.loads(capsys.readouterr().out)["pending"] is None


def test_promote_on_a_machine_without_rauc_says_so(places: Places, capsys: pytest.CaptureFixture[str]) -> None:
    assert entry.main(["promote"]) == 1
    assert "no flashed device" in capsys.readouterr().err


def test_a_bundle_is_described_as_a_device_reads_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    bundle = tmp_path / "oyez-1.1.0.raucb"
    bundle.write_bytes(b"x" * 1000)
    assert entry.main(["update", "describe", str(bundle), "1.1.0", "--min-version", "1.0.0", "--security"]) == 0
    release = decode(capsys.readouterr().out.encode(), "https://example.org/oyez/release.json", allow_http=False)
    assert release.bundle == "https://example.org/oyez/oyez-1.1.0.raucb"
    assert (release.version, release.size, release.min_version, release.security) == ("1.1.0", 1000, "1.0.0", True)
    assert release.sha256 == hashlib.sha256(b"x" * 1000).hexdigest()


@pytest.mark.parametrize("words", [["nothing.raucb", "1.1.0"], ["empty.raucb", "1.1.0"], ["whole.raucb", "1 1"]])
def test_what_no_device_would_take_is_not_described(tmp_path: Path, words: list[str]) -> None:
    (tmp_path / "empty.raucb").touch()
    (tmp_path / "whole.raucb").write_bytes(b"x")
    assert entry.main(["update", "describe", str(tmp_path / words[0]), words[1]]) == 1
