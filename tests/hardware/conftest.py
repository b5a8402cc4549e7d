"""The boards under contract: each fixture value is a board with what stands around it."""

import importlib.util
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager
from dataclasses import replace
from pathlib import Path

import pytest
import pytest_asyncio

from oyez_hw import virtual_card
from oyez_hw.room import Room
from tests.hardware.bench import Bench
from tests.hardware.boards import (
    FORMATS,
    MEASURED,
    TRUTH,
    Formats,
    furnished,
    given,
    measured_room,
    remote,
    room_of,
    simulated,
    virtual,
    without_a_clock,
)
from tests.hardware.device import Device
from tests.hardware.options import add_options, conditions_of, wish_of
from tests.hardware.report.collecting import ABOUT, Collector, Figures, Record
from tests.hardware.rig.hands import on_board, read_rig
from tests.hardware.rig.remote import Agent
from tests.hardware.rig.rig_file import Rig, RigError
from tests.hardware.taking import Chirped, chirped

WIDTH_NAMES = {16: "S16_LE", 24: "S24_3LE", 32: "S32_LE"}
HERE = ("simulated", "virtual")
"""Boards that need no hardware."""
RIG = pytest.StashKey[Rig]()
ONE_FORMAT = "16k_6_microphones"


def pytest_addoption(parser: pytest.Parser) -> None:
    add_options(parser)


def pytest_configure(config: pytest.Config) -> None:
    """A report only where tests/hardware was asked for by name, by the process that shows the results."""
    config.addinivalue_line(
        "markers", "long_on_virtual: the simulated Room takes no time for it, the virtual card does"
    )
    if config.getoption("--report", None) is None or hasattr(config, "workerinput"):
        return
    wish = wish_of(config)
    if wish.rig is not None and wish.board in ("", *HERE):
        raise pytest.UsageError("--rig needs --board NAME: the board that stands in it")
    if wish.board not in ("", *HERE) and config.getoption("numprocesses", None):
        raise pytest.UsageError("a board can be tried by one process alone: give -n 0")
    try:
        config.stash[RIG] = read_rig(wish.rig)
    except RigError as error:
        raise pytest.UsageError(*error.mistakes) from None
    board = wish.board or "+".join(HERE)
    folder, kept = config.getoption("--report"), config.getoption("--history")
    conditions = conditions_of(wish, config.stash[RIG])
    config.pluginmanager.register(Collector(config, board, conditions, folder, kept), "oyez-bench-report")


@pytest.fixture
def figures(request: pytest.FixtureRequest, record_property: Record) -> Figures:
    """Told apart by board where there are several."""
    callspec = getattr(request.node, "callspec", None)
    board = str(next(iter(callspec.params.values()))).partition("-")[0] if callspec and callspec.params else ""
    return Figures(record_property, f"{board}." if board and not wish_of(request.config).board else "")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """`bench`: every board in every format; `any_bench`: in one, for what does not depend on it."""
    wanted = wish_of(metafunc.config).board
    boards = [board for board in HERE if wanted in ("", board)]
    long = pytest.mark.long
    if "bench" in metafunc.fixturenames:
        made = [f"{board}-{name}" for board in boards for name in FORMATS] or [wanted]
        metafunc.parametrize("bench", made, indirect=True)
    if "any_bench" in metafunc.fixturenames:
        made = [f"{board}-{ONE_FORMAT}" for board in boards] or [wanted]
        metafunc.parametrize("any_bench", made, indirect=True)
    if "measured_bench" in metafunc.fixturenames:
        in_real_time = metafunc.definition.get_closest_marker("long_on_virtual") is not None
        slow = "virtual" if in_real_time else ""
        params = [pytest.param(board, marks=[long] * (board == slow)) for board in boards or [wanted]]
        metafunc.parametrize("measured_bench", params, indirect=True)

    alive: dict[str, dict[str, tuple[pytest.MarkDecorator, ...]]] = {
        "device": {"simulated": (), "virtual": (long,)},
        "mortal_device": {"virtual": ()},
        "talking_device": {"simulated": (long,), "virtual": (long,)},
    }
    for name, marks in alive.items():
        if name in metafunc.fixturenames:
            params = [pytest.param(board, marks=marks[board]) for board in boards if board in marks]
            metafunc.parametrize(name, params if boards else [wanted], indirect=True, scope="module")


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

    def make(formats: Formats, drift_ppm: float = 0.0, room: Room | None = None) -> virtual_card.VirtualCard:
        card = virtual_card.VirtualCard(
            tmp_path / f"card{len(made)}",
            room or room_of(formats),
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


@pytest.fixture(scope="session")
def rig(pytestconfig: pytest.Config) -> Rig:
    """What stands around the board."""
    return pytestconfig.stash[RIG]


@pytest.fixture(scope="module")
def make_real(pytestconfig: pytest.Config, rig: Rig) -> Iterator[Callable[[], Bench]]:
    """The board that was asked for. Oyez does not run on it meanwhile, and the report has its serial."""
    wish, ssh = wish_of(pytestconfig), rig.ssh
    if ssh is None:
        yield lambda: furnished(given(wish), rig)
        return
    on_board(ssh, rig.daemon.stop)
    try:
        agent = Agent(ssh)
        pytestconfig.stash[ABOUT] = agent.ask("hello")
        agent.end()
        yield lambda: furnished(remote(wish, ssh), rig)
    finally:
        on_board(ssh, rig.daemon.start)


@pytest.fixture
def bench(request: pytest.FixtureRequest) -> Iterator[Bench]:
    yield from _ready(request)


@pytest.fixture
def any_bench(request: pytest.FixtureRequest) -> Iterator[Bench]:
    yield from _ready(request)


@pytest.fixture
def measured_bench(request: pytest.FixtureRequest) -> Iterator[Bench]:
    """For figures: of a simulated room it is known what they must be."""
    if request.param == "simulated":
        ready = without_a_clock(MEASURED)
    elif request.param == "virtual":
        card = request.getfixturevalue("make_virtual")(MEASURED, room=measured_room(MEASURED))
        ready = replace(virtual(MEASURED, card), truth=TRUTH)
    else:
        ready = request.getfixturevalue("make_real")()
    yield ready
    ready.close()


@pytest.fixture(scope="module")
def takes() -> dict[str, Chirped]:
    """By board: chirps take seconds, and one take answers many questions."""
    return {}


@pytest.fixture
def chirps(measured_bench: Bench, takes: dict[str, Chirped]) -> Chirped:
    if measured_bench.name not in takes:
        takes[measured_bench.name] = chirped(measured_bench)
    return takes[measured_bench.name]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def device(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Device]:
    """Oyez alive, with nobody who answers it here: that takes seconds to start."""
    async with _alive(request, tmp_path_factory, talks=False) as ready:
        yield ready


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def mortal_device(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Device]:
    """One whose power can be cut: it lives in a process of its own."""
    async with _alive(request, tmp_path_factory, talks=False) as ready:
        yield ready


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def talking_device(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Device]:
    """One with a voice service."""
    async with _alive(request, tmp_path_factory, talks=True) as ready:
        yield ready


def _alive(
    request: pytest.FixtureRequest, folders: pytest.TempPathFactory, *, talks: bool
) -> AbstractAsyncContextManager[Device]:
    # Only now: the whole daemon comes with it, which a slow board waits for.
    from tests.hardware.devices import simulated_device, virtual_device
    from tests.hardware.rig.alive import rig_device

    if request.param == "simulated":
        return simulated_device(folders.mktemp("device"), talks=talks)
    if request.param == "virtual":
        return virtual_device(folders.mktemp("device"), request.getfixturevalue("plugin_folder"), talks=talks)
    return rig_device(request.param, request.getfixturevalue("rig"))


def _ready(request: pytest.FixtureRequest) -> Iterator[Bench]:
    board, _, name = request.param.partition("-")
    if board not in HERE or name not in FORMATS:
        ready = request.getfixturevalue("make_real")()
    elif board == "simulated":
        ready = simulated(FORMATS[name])
    else:
        ready = virtual(FORMATS[name], request.getfixturevalue("make_virtual")(FORMATS[name]))
    yield ready
    ready.close()
