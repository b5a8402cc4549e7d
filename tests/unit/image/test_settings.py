"""What `make image` is asked for."""

from pathlib import Path

import pytest

from oyez_image.settings import parsed

BUILD = Path("/clone/build")


def test_without_a_word_everything_is_built_below_build() -> None:
    settings = parsed([], BUILD)
    assert (settings.out, settings.keys) == (BUILD / "image", BUILD / "keys")
    assert settings.release
    assert settings.address == ""
    assert not settings.local
    assert settings.break_with == ""


@pytest.mark.parametrize(
    ("argv", "said"),
    [
        (["--version", "1"], "no version"),
        (["--version", "1.2.3/../x"], "no version"),
        (["--past"], "--security-mirror"),
        (["--kernel", "raspberrypi"], "--raspberry-pi-keyring"),
        (["--break", "everything"], "invalid choice"),
        (["--address", "example.org/oyez"], "no address"),
        (["--address", "https:///oyez"], "no address"),
    ],
)
def test_a_mistake_is_told_and_ends_with_two(argv: list[str], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        parsed(argv, BUILD)
    assert ended.value.code == 2
    assert said in capsys.readouterr().err
