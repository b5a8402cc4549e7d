"""What is done, and in which order, so that a power cut at any moment loses no secret and takes no file in by halves.
Pure.

1. Everything is written where it belongs, each file whole. Until the last one is, the file on the boot partition stays,
   and the next start takes it in again from its beginning.
2. What the file may tell for ever is laid beside it.
3. The file gets another name: from here on it is taken.
4. Its bytes are overwritten and it is removed; a start after a power cut in between goes on here.
"""

from collections.abc import Collection, Iterator, Mapping
from pathlib import Path

from oyez_system.card.operations import Link, Operation, Remove, Rename, WipeOut, Write
from oyez_system.card.places import Places
from oyez_system.first_boot import problems
from oyez_system.first_boot.reading import Taken
from oyez_system.first_boot.settings import System
from oyez_system.first_boot.wireless import Kept, kept, text

ZONES = "/usr/share/zoneinfo"


def taking(
    taken: Taken, laid: Collection[Path], places: Places, networks: Mapping[bytes, Kept], volatile: bool
) -> list[Operation]:
    """laid: the files that it was read from. networks: those known until now. volatile: what is kept is gone at the
    next boot, so the files stay where they are."""
    operations = [*keeping(taken, places, networks)]
    if volatile:
        return operations
    if taken.done is not None:
        operations.append(Write(places.done, taken.done.encode(), None))
    remarks = problems.taken_with(taken.remarks)
    operations.append(Write(places.problems, remarks.encode(), None) if remarks else Remove(places.problems))
    own, imagers = places.taken
    operations += [Rename(path, imagers if path == places.preseed else own) for path in laid]
    return [*operations, *wiping(places)]


def keeping(taken: Taken, places: Places, networks: Mapping[bytes, Kept]) -> Iterator[Operation]:
    """The daemon's configuration comes last: with it everything else is there."""
    for name, value in taken.secrets.items():
        path = places.credential(name)
        yield Write(path, value.encode(), 0o600, 0o700) if value else Remove(path)
    if taken.wifi is not None:
        told = text(taken.wifi.country, [kept(one, networks) for one in taken.wifi.all])
        yield Write(places.wireless, told.encode(), 0o600, 0o700)
    if taken.system is not None:
        yield from _system(taken.system, places)
    if taken.updates is not None:
        yield Write(places.update_settings, taken.updates.encode())
    if taken.config is not None:
        yield Write(places.config, taken.config.encode())


def _system(system: System, places: Places) -> Iterator[Operation]:
    yield Write(places.hostname, f"{system.hostname}\n".encode())
    yield Link(places.time_zone, f"{ZONES}/{system.time_zone}")
    keys = "".join(f"{key.strip()}\n" for key in system.ssh_keys)
    yield Write(places.ssh_keys, keys.encode(), 0o600) if keys else Remove(places.ssh_keys)


def wiping(places: Places) -> list[Operation]:
    """Files that were taken in, now or before the power was cut."""
    return [WipeOut(path) for path in places.taken]


def unwritten(why: str, places: Places) -> list[Operation]:
    """The file stays, and is taken in at a start at which the card can be written."""
    return [Write(places.problems, problems.not_written(why).encode(), None)]


def refusing(mistakes: Collection[str], places: Places) -> list[Operation]:
    """Nothing is taken in; the file stays, for whoever mends it."""
    return [Write(places.problems, problems.refused(mistakes).encode(), None)]
