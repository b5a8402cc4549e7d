"""Texts as one file. Pure: the same texts at the same moment give the same bytes."""

import gzip
import io
import tarfile
from collections.abc import Callable, Mapping

FOLDER = "oyez-support"


def pack(texts: Mapping[str, str], hide: Callable[[str], str], when_s: int) -> bytes:
    """A .tar.gz. hide: takes out what is private. when_s: seconds since 1970."""
    plain = io.BytesIO()
    with tarfile.open(fileobj=plain, mode="w") as archive:
        for name, text in sorted(texts.items()):
            data = hide(text).encode("utf-8", "replace")
            entry = tarfile.TarInfo(f"{FOLDER}/{name}")
            entry.size, entry.mtime, entry.mode = len(data), when_s, 0o644
            archive.addfile(entry, io.BytesIO(data))
    return gzip.compress(plain.getvalue(), mtime=when_s)
