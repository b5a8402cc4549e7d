"""How a step of the build fails."""

import os
from pathlib import Path

import pytest

from oyez_image import host
from oyez_image.progress import BuildError, run


def test_a_program_that_fails_is_told_with_its_last_words_and_where_all_of_them_are(tmp_path: Path) -> None:
    log = tmp_path / "logs" / "x.log"
    with pytest.raises(BuildError, match="sh ended with 3") as told:
        run(["sh", "-c", "seq 100; echo no such thing >&2; exit 3"], log=log)
    assert "no such thing" in str(told.value)
    assert str(log) in str(told.value)
    assert "\n    1\n" not in str(told.value)


def test_who_is_not_root_is_told_to_be(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    with pytest.raises(BuildError, match="sudo make image"):
        host.prepare(tmp_path / "log")
