"""Files that lie over the root."""

import shlex
import subprocess
from pathlib import Path

import pytest

OVERLAY = Path(__file__).parents[3] / "image" / "overlay"


@pytest.mark.parametrize(
    ("line", "asked"),
    [
        ('host = "homeassistant.local"', True),
        ('backend_url = "http://pi.local:8700"', True),
        ("host = 'pi.local'", True),
        ('# host = "homeassistant.local"', False),
        ('host = "192.168.1.2"', False),
        ('host = "broker.localdomain"', False),
        ('folder = "/usr/.local/share"', False),
    ],
)
def test_only_a_name_in_local_opens_the_port_for_its_answers(line: str, asked: bool, tmp_path: Path) -> None:
    unit = (OVERLAY / "usr/lib/systemd/system/oyez-local-names.service").read_text()
    condition = next(text for text in unit.splitlines() if text.startswith("ExecCondition=")).partition("=")[2]
    configuration = tmp_path / "oyez.toml"
    configuration.write_text(f"[home]\n{line}\n")
    command = [word.replace("/etc/oyez/oyez.toml", str(configuration)) for word in shlex.split(condition)]
    assert (subprocess.run(command, check=False).returncode == 0) == asked
