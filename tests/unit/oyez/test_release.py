"""Which version this is: of the image where there is one, else of the package."""

from importlib.metadata import version
from pathlib import Path

import pytest

from oyez.release import installed_version


def test_on_a_flashed_device_it_is_the_images(tmp_path: Path) -> None:
    (tmp_path / "os-release").write_text('NAME="Debian"\n# a comment=1\nIMAGE_ID=oyez\nIMAGE_VERSION="1.4.0-rc1"\n')
    assert installed_version(tmp_path / "os-release") == "1.4.0-rc1"


@pytest.mark.parametrize("text", ["", "IMAGE_ID=other\nIMAGE_VERSION=9\n", "IMAGE_ID=oyez\n", "IMAGE_VERSION=9\n"])
def test_anywhere_else_it_is_the_packages(tmp_path: Path, text: str) -> None:
    (tmp_path / "os-release").write_text(text)
    assert installed_version(tmp_path / "os-release") == version("oyez")


def test_a_file_that_cannot_be_read_is_none(tmp_path: Path) -> None:
    (tmp_path / "os-release").write_bytes(b"\xff\xfe")
    assert installed_version(tmp_path / "os-release") == installed_version(tmp_path / "nothing") == version("oyez")
