"""The daemon waits for a board that shows itself after it, and no longer than it says."""

from pathlib import Path

import pytest

from oyez import front_door
from oyez.config import Config
from oyez.config_here import BoardAway


class Plug:
    """Configurations are loaded in vain `times` times."""

    def __init__(self, times: int) -> None:
        self.times = times
        self.looked = 0

    def load_here(self, path: Path) -> Config:
        self.looked += 1
        if self.looked <= self.times:
            raise BoardAway(f"{path}: nothing there.")
        return Config()


async def test_a_board_that_comes_late_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    plug = Plug(3)
    monkeypatch.setattr(front_door, "load_here", plug.load_here)
    monkeypatch.setattr(front_door, "LOOK_AGAIN_S", 0.0)
    assert await front_door._configured(Path("oyez.toml")) == Config()
    assert plug.looked == 4


async def test_one_that_never_comes_is_left_to_systemd(monkeypatch: pytest.MonkeyPatch) -> None:
    plug = Plug(1_000_000)
    monkeypatch.setattr(front_door, "load_here", plug.load_here)
    monkeypatch.setattr(front_door, "WAIT_FOR_BOARD_S", 0.0)
    with pytest.raises(BoardAway, match="nothing there"):
        await front_door._configured(Path("oyez.toml"))
    assert plug.looked == 1
