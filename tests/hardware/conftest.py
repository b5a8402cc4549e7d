"""The boards under contract: each fixture value is a board with what stands around it."""

import importlib.util
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from oyez_hw import virtual_card
from tests.hardware.bench import Bench
from tests.hardware.boards import FORMATS, Formats, given, room_of, simulated, virtual
from tests.hardware.options import add_options, wish_of

WIDTH_NAMES = {16: "S16_LE", 24: "S24_3LE", 32: "S32_LE"}
HERE = ("simulated", "virtual")
"""Boards that need no hardware."""
ONE_FORMAT = "16k_6_microphones"


def pytest_addoption(parser: pytest.Parser) -> None:
    add_options(parser)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """`bench`: every board in every format; `any_bench`: in one, for what does not depend on it."""
    wanted = wish_of(metafunc.config).board
    boards = [board for board in HERE if wanted in ("", board)]
    if "bench" in metafunc.fixturenames:
        made = [f"{board}-{name}" for board in boards for name in FORMATS] or [wanted]
        metafunc.parametrize("bench", made, indirect=True)
    if "any_bench" in metafunc.fixturenames:
        made = [f"{board}-{ONE_FORMAT}" for board in boards] or [wanted]
        metafunc.parametrize("any_bench", made, indirect=True)


@pytest.fixture(scope="session")
def plugin_folder(pytestconfig: pytest.Config, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the plugin is compiled once; skips with the reason where it cannot be."""
    if (board := wish_of(pytestconfig).board) not in ("", "virtual"):
        pytest.skip(f"virtual ALSA card: the board under test is {board}")
    if reason := virtual_card.missing():
        pytest.skip(f"virtual ALSA card: {reason}")
    if importlib.util.find_spec("alsaaudio") is None:
        pytest.skip("virtual ALSA card: pyalsaaudio is not installed (extra `board`)")
    folder = tmp_path_factory.mktemp("plugin")
    virtual_card.build(folder)
    return folder


@pytest.fixture
def make_virtual(
    plugin_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[..., virtual_card.VirtualCard]]:
    made: list[virtual_card.VirtualCard] = []

    def make(formats: Formats, drift_ppm: float = 0.0) -> virtual_card.VirtualCard:
        card = virtual_card.VirtualCard(
            tmp_path / f"card{len(made)}",
            room_of(formats),
            format_name=WIDTH_NAMES[formats[0].width_bits],
            drift_ppm=drift_ppm,
            build_folder=plugin_folder,
        )
        for name, value in card.environment.items():
            monkeypatch.setenv(name, value)
        card.start()
        made.append(card)
        return card

    yield make
    for card in made:
        card.stop()


@pytest.fixture
def bench(request: pytest.FixtureRequest) -> Iterator[Bench]:
    yield from _ready(request)


@pytest.fixture
def any_bench(request: pytest.FixtureRequest) -> Iterator[Bench]:
    yield from _ready(request)


def _ready(request: pytest.FixtureRequest) -> Iterator[Bench]:
    board, _, name = request.param.partition("-")
    if board not in HERE or name not in FORMATS:
        ready = given(wish_of(request.config))
    elif board == "simulated":
        ready = simulated(FORMATS[name])
    else:
        ready = virtual(FORMATS[name], request.getfixturevalue("make_virtual")(FORMATS[name]))
    yield ready
    ready.close()
