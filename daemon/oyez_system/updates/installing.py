"""The shell that makes an update: looks, fetches, checks, writes the other slot, waits for quiet, restarts."""

import logging
from collections.abc import Callable
from pathlib import Path
from shutil import copyfile

from msgspec.structs import replace

from oyez.errors import OyezError
from oyez.update_file import Told
from oyez_system.proof import Proof
from oyez_system.slots import Slots
from oyez_system.update_settings import Updates
from oyez_system.updates import baseline, refusal
from oyez_system.updates.device import Device
from oyez_system.updates.fetching import Clocks, Fetcher
from oyez_system.updates.history import Pending
from oyez_system.updates.moment import may_begin, why_not_restart
from oyez_system.updates.pace import Pace
from oyez_system.updates.places import Places, clear, make_room
from oyez_system.updates.refusal import Refused
from oyez_system.updates.release import Release, by_itself, whether_to_install
from oyez_system.updates.telling import Telling

log = logging.getLogger(__name__)

CALM_S, LOOK_S = 1800.0, 5.0
"""So long it waits for a moment to restart, before it leaves that to the timer's next run."""


class Updater:
    """Methods block; one at a time. They raise OyezError with a sentence, which was told by then."""

    def __init__(
        self,
        settings: Updates,
        places: Places,
        slots: Slots,
        fetcher: Callable[[], Fetcher],
        device: Device,
        clocks: Clocks,
        installed: str,
    ) -> None:
        """fetcher: made when there is something to fetch. installed: the version that runs."""
        self._settings, self._places, self._slots, self._fetcher = settings, places, slots, fetcher
        self._device, self._clocks, self._installed = device, clocks, installed
        self._telling = Telling(places.told() or Told(installed), places.tell)

    def check(self) -> Release:
        """Shows what there is."""
        if not self._settings.source:
            self._telling.offer(Told(self._installed))
            raise refusal.no_source()
        fetcher = self._fetcher()
        try:
            release = fetcher.release(self._settings.source)
        finally:
            fetcher.close()
        newest = release.version if not self._older(release) else self._installed
        self._telling.offer(Told(newest, release.title, release.notes_url if newest == release.version else ""))
        return release

    def by_itself(self) -> None:
        """What the timer does."""
        if self._waits():
            self._restart(soon=self._asked())
            return
        release = self.check()
        history = self._places.history()
        wanted = by_itself(release, self._settings.automatic, history.barred)
        if self._why_not(release) or not wanted or not may_begin(self._settings, self._clocks.now().time(), soon=False):
            return
        self._guarded(lambda: self._install(self._fetched(release), release.version, asked=False), soon=False)

    def newest(self) -> None:
        """Somebody asks for it."""
        try:
            release = self.check()
            if why := self._why_not(release):
                raise why
        except OyezError as error:
            self._telling.ended(str(error))
            raise
        if self._waits(release.version):
            self._restart(soon=True)
        else:
            self._guarded(lambda: self._install(self._fetched(release), release.version, asked=True), soon=True)

    def file(self, path: Path, *, unattended: bool) -> None:
        """A bundle that somebody brought. unattended: by laying it there, and it may lie there for ever."""
        self._guarded(lambda: self._from_file(path, unattended), soon=True)

    # --- steps --------------------------------------------------------------------------------------------------------

    def _from_file(self, path: Path, unattended: bool) -> None:
        barred = self._places.history().barred if unattended else frozenset[str]()
        self._install(self._copied(path), None, asked=not unattended, barred=barred)

    def _fetched(self, release: Release) -> Path:
        fetcher = self._fetcher()
        pace = Pace(self._settings.rate_limit_kb_s * 1000.0)
        try:
            return fetcher.bundle(release, self._places.download, pace, self._telling.downloaded)
        finally:
            fetcher.close()

    def _copied(self, path: Path) -> Path:
        """Into a folder of our own: a stick may be pulled out, and who wrote on it could go on writing."""
        folder = self._places.download
        try:
            size = path.stat().st_size
            clear(folder)
            make_room(folder, size)
            return Path(copyfile(path, folder / "bundle.raucb"))
        except OSError as error:
            raise refusal.no_file(str(path), error.strerror or str(error)) from None

    def _install(
        self, bundle: Path, described: str | None, *, asked: bool, barred: frozenset[str] = frozenset()
    ) -> None:
        """described: the version that release.json says. barred: versions that are not to be tried."""
        version, before = self._slots.version_of(bundle), self._places.history()
        if described is not None and version != described:
            raise refusal.mixed_up(bundle.name, version, described)
        if why := whether_to_install(version, self._installed, allow_downgrade=self._settings.allow_downgrade):
            raise why
        if version in barred:
            raise refusal.tried_before(version)
        self._telling.offer(replace(self._telling.told, latest=version))
        pending = self._pending(version, asked)
        self._places.keep(replace(before, pending=pending))
        try:
            self._slots.install(bundle, self._telling.installed)
        except OyezError:
            self._places.keep(before)
            raise
        self._places.keep(replace(before, pending=replace(pending, installed=True)))
        clear(self._places.download)

    def _pending(self, version: str, asked: bool) -> Pending:
        other = self._slots.other()
        demanded = baseline.worked(self._proof(), self._device.knows_wake_word())
        log.info("Installing %s into slot %s; it will have to prove: %s.", version, other.name, ", ".join(demanded))
        return Pending(version, self._installed, other.name, self._places.boot_id, demanded, asked)

    def _proof(self) -> Proof | None:
        """Of what works: a stick may be found before the daemon is up, and little would be asked of what it brings."""
        until_s = self._clocks.monotonic() + baseline.patience_s(self._device.since_boot_s())
        while not baseline.complete(proof := self._device.proof()) and self._clocks.monotonic() < until_s:
            self._clocks.sleep(LOOK_S)
        return proof

    def _guarded(self, make: Callable[[], None], *, soon: bool) -> None:
        try:
            self._possible()
            make()
        except OyezError as error:
            if not isinstance(error, Refused) or error.kind not in refusal.AWAY:
                clear(self._places.download)
            self._telling.ended(str(error))
            raise
        self._restart(soon=soon)

    def _possible(self) -> None:
        """Raises OyezError: this is no time for an update at all."""
        if self._places.volatile:
            raise refusal.storage("The data partition", "it could not be mounted")
        running, pending = self._slots.booted(), self._places.history().pending
        if not running.good or (pending is not None and pending.slot == running.name):
            raise refusal.on_trial()

    def _restart(self, *, soon: bool) -> None:
        """When nobody is disturbed; else the timer's next run does it."""
        self._telling.restarts()
        until_s = self._clocks.monotonic() + CALM_S
        while why := why_not_restart(self._settings, self._device.proof(), self._clocks.now().time(), soon=soon):
            if self._clocks.monotonic() >= until_s:
                log.info("The new version is installed; the restart waits, since %s.", why)
                return
            self._clocks.sleep(LOOK_S)
        try:
            self._device.restart()
        except Refused as error:
            self._telling.ended(str(error))
            raise

    # --- questions ----------------------------------------------------------------------------------------------------

    def _waits(self, version: str | None = None) -> bool:
        """A version (this one) is installed, and only the restart is still to come."""
        pending = self._places.history().pending
        if pending is None or not pending.installed or pending.boot_id != self._places.boot_id:
            return False
        return version in (None, pending.version)

    def _asked(self) -> bool:
        pending = self._places.history().pending
        return pending is not None and pending.asked

    def _why_not(self, release: Release) -> Refused | None:
        return whether_to_install(
            release.version,
            self._installed,
            min_version=release.min_version,
            allow_downgrade=self._settings.allow_downgrade,
        )

    def _older(self, release: Release) -> bool:
        why = self._why_not(release)
        return why is not None and why.kind in ("downgrade", "same_version")
