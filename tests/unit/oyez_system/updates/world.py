"""A device with a card, versions that do this or that, a server, and power that may go: the real updater and the real
promoter run in it, on real files, with a clock of its own."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import cast

from oyez.update_file import Told
from oyez_system.proof import Proof
from oyez_system.update_settings import Updates
from oyez_system.updates.device import Device
from oyez_system.updates.fetching import Clocks, Fetcher
from oyez_system.updates.history import History
from oyez_system.updates.installing import Updater
from oyez_system.updates.pace import Pace
from oyez_system.updates.places import Places
from oyez_system.updates.promoting import Promoter
from oyez_system.updates.refusal import Refused
from oyez_system.updates.release import Release
from tests.doubles.two_slots import Card, PowerCut, TwoSlots

ALL = frozenset({"conductor", "microphone", "scoring", "loudspeaker", "wake_word", "broker", "token"})
NIGHT = datetime(2026, 11, 21, 3, 0, tzinfo=UTC)


@dataclass(frozen=True)
class Behaviour:
    starts: bool = True
    """Else the kernel panics, and the watchdog resets."""
    proves: frozenset[str] = ALL
    hangs: bool = False
    """In mid-trial, until the watchdog resets."""


class Restarted(BaseException):
    """The system that ran is no more."""


@dataclass(frozen=True, slots=True)
class CuttablePlaces(Places):
    card: Card | None = None

    def keep(self, history: History) -> None:
        assert self.card is not None
        self.card.written()
        # Not `super()`: a dataclass with slots is another class than the one that this was written in.
        Places.keep(self, history)
        self.card.written()


class World:
    def __init__(self, folder: Path, behaviours: dict[str, Behaviour], first: str = "1.0.0") -> None:
        self.card, self.folder = Card(first), folder
        self.behaviours = {"half written": Behaviour(starts=False), "": Behaviour(starts=False), **behaviours}
        self.available = ALL
        """What the world lets a version prove: a broker that is away is nobody's."""
        self.settings = Updates(source="https://x/release.json")
        self.offered: Release | None = None
        self.refuses: Refused | None = None
        self.said: list[str] = []
        self.told: list[Told] = []
        self.restarts = 0
        self.now_s, self.began = 0.0, NIGHT
        self.proof_now: Callable[[Proof], Proof | None] = lambda proof: proof
        for name in ("run", "own", "state"):
            (folder / name).mkdir(exist_ok=True)
        (folder / "boot_id").write_text("boot-0")

    # --- what the device is made of ---

    @property
    def places(self) -> CuttablePlaces:
        folder = self.folder
        return CuttablePlaces(
            folder / "run", folder / "own", folder / "state", folder / "boot_id", folder / "volatile", self.card
        )

    @property
    def version(self) -> str:
        return self.card.holds[self.card.running]

    @property
    def behaviour(self) -> Behaviour:
        return self.behaviours.get(self.version, Behaviour())

    def sleep(self, seconds: float) -> None:
        self.now_s += max(seconds, 0.001)
        if self.behaviour.hangs and not TwoSlots(self.card).booted().good:
            raise Restarted

    def clocks(self) -> Clocks:
        return Clocks(lambda: self.now_s, self.sleep, lambda: self.began + timedelta(seconds=self.now_s % 600))

    def offer(self, version: str, *, text: str | None = None, **more: object) -> None:
        self.offered = Release(version, "https://x/b", 10, "0" * 64, **more)  # type: ignore[arg-type]
        self.text = text or version

    def updater(self) -> Updater:
        scripted = cast(Callable[[], Fetcher], lambda: ScriptedFetcher(self))
        device = cast(Device, WorldDevice(self))
        return Updater(self.settings, self.places, TwoSlots(self.card), scripted, device, self.clocks(), self.version)

    def promoter(self) -> Promoter:
        device = cast(Device, WorldDevice(self))
        return Promoter(self.places, TwoSlots(self.card), device, self.clocks(), 120.0, self.said.append)

    # --- what happens to it ---

    def start(self) -> None:
        """Power on, until a system runs that is settled; every restart on the way is one more start."""
        while True:
            self.card.switch_on()
            (self.folder / "boot_id").write_text(f"boot-{self.card.starts}")
            for path in [*(self.folder / "run").iterdir(), *(self.folder / "own").iterdir()]:
                path.unlink()
            if not self.behaviour.starts:
                continue
            try:
                self.promoter().run()
            except (Restarted, PowerCut):
                continue
            return

    def night(self) -> None:
        """The timer's run, and what follows from it."""
        try:
            self.updater().by_itself()
        except (Restarted, PowerCut):
            self.start()
        except Refused:
            pass


class WorldDevice:
    def __init__(self, world: World) -> None:
        self._world = world

    def since_boot_s(self) -> float:
        return self._world.now_s

    def proof(self) -> Proof | None:
        has = self._world.behaviour.proves & self._world.available
        proof = Proof(
            self._world.version,
            self._world.now_s,
            "microphone" in has,
            "scoring" in has,
            "loudspeaker" in has,
            "conductor" in has,
            "broker" in has,
            "token" in has,
        )
        return self._world.proof_now(proof)

    def knows_wake_word(self) -> bool | None:
        return "wake_word" in self._world.behaviour.proves

    def restart(self) -> None:
        self._world.restarts += 1
        raise Restarted


class ScriptedFetcher:
    def __init__(self, world: World) -> None:
        self._world = world

    def close(self) -> None:
        pass

    def release(self, url: str) -> Release:
        if self._world.refuses is not None:
            raise self._world.refuses
        assert self._world.offered is not None
        return self._world.offered

    def bundle(self, release: Release, folder: Path, pace: Pace, progress: Callable[[float], None]) -> Path:
        folder.mkdir(exist_ok=True)
        progress(0.5)
        path = folder / "bundle.part"
        path.write_text(self._world.text)
        progress(1.0)
        return path
