"""Reads and writes small files in a folder that belongs to somebody with fewer rights. Pure but for the files.

Root reads what the daemon says, and the daemon, should it be taken over, may have laid a link to somebody's secret
there, a pipe that never ends, or a mountain.
"""

import errno
import os
import secrets
import stat
from contextlib import suppress
from pathlib import Path


def read_foreign(path: Path, most_bytes: int) -> bytes:
    """At most so many. Raises OSError; also for what is no plain file, and at once."""
    handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    with open(handle, "rb") as file:
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            raise OSError(errno.EINVAL, "is no plain file", str(path))
        return file.read(most_bytes)


def write_foreign(path: Path, data: bytes) -> None:
    """Whole or not at all, for all to read: under a name that nobody can have laid a link at, then moved. Within that
    folder, since a unit's sandbox may make a mount of each folder, and nothing is moved from one to another. Raises
    OSError."""
    inside = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
    fresh = f".{path.name}.{secrets.token_hex(8)}"
    try:
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
        with open(os.open(fresh, flags, 0o600, dir_fd=inside), "wb") as file:
            file.write(data)
            os.fchmod(file.fileno(), 0o644)
        os.rename(fresh, path.name, src_dir_fd=inside, dst_dir_fd=inside)
    except OSError:
        with suppress(OSError):
            os.unlink(fresh, dir_fd=inside)
        raise
    finally:
        os.close(inside)
