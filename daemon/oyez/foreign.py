"""Reads a small file in a folder that belongs to somebody with fewer rights. Pure but for the file.

Root reads what the daemon says, and the daemon, should it be taken over, may have laid a link to somebody's secret
there, a pipe that never ends, or a mountain.
"""

import errno
import os
import stat
from pathlib import Path


def read_foreign(path: Path, most_bytes: int) -> bytes:
    """At most so many. Raises OSError; also for what is no plain file, and at once."""
    handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    with open(handle, "rb") as file:
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            raise OSError(errno.EINVAL, "is no plain file", str(path))
        return file.read(most_bytes)
