"""The device runs the versions that the tests ran with."""

import re
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parents[3]


def pins(path: Path) -> set[tuple[str, str]]:
    return set(re.findall(r"^([a-z0-9.-]+)==([^ \n]+)", path.read_text(), re.MULTILINE))


@pytest.mark.parametrize("name", ["plain", "local"])
def test_every_pin_of_the_image_is_one_of_the_projects(name: str) -> None:
    ours = pins(REPOSITORY / "image" / "locks" / f"{name}.lock")
    assert ours
    assert ours <= pins(REPOSITORY / "requirements.lock")


def test_the_local_server_comes_on_top() -> None:
    locks = REPOSITORY / "image" / "locks"
    assert pins(locks / "plain.lock") < pins(locks / "local.lock")
