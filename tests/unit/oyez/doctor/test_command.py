"""What stands around the checks."""

import argparse
import logging
from pathlib import Path

import pytest

from oyez.doctor import command
from oyez.doctor.examination import Surroundings


async def test_a_crash_of_the_doctor_itself_is_not_kept_quiet(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """What the parts log is kept from the terminal; who reports the bug logs as well."""

    def fails(*_: object) -> None:
        raise ZeroDivisionError

    before = list(logging.getLogger().handlers)
    monkeypatch.setattr(command, "Examination", fails)
    with pytest.raises(ZeroDivisionError):
        await command.doctor(argparse.Namespace(json=False, html=None), Surroundings(tmp_path / "oyez.toml"))
    assert logging.getLogger().handlers == before
