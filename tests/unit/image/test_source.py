"""The project as it goes into the image."""

from pathlib import Path

from oyez_image.source import lay_out, version_of, with_version

REPOSITORY = Path(__file__).parents[3]
PYPROJECT = '[project]\nname = "oyez"\nversion = "0.1.0"\n[tool.x]\nother-version = "9"\n'


def test_another_version_is_the_only_change() -> None:
    assert version_of(PYPROJECT) == "0.1.0"
    assert with_version(PYPROJECT, "0.2.0") == PYPROJECT.replace('"0.1.0"', '"0.2.0"')


def test_the_device_gets_the_packages_of_the_project_and_no_tests(tmp_path: Path) -> None:
    lay_out(REPOSITORY, tmp_path / "source", "7.8.9")
    assert (tmp_path / "source/daemon/oyez/__main__.py").exists()
    assert not (tmp_path / "source/tests").exists()
    assert version_of((tmp_path / "source/pyproject.toml").read_text()) == "7.8.9"
