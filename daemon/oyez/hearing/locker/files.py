"""The locker's folder: two small files a clip, its sound and what is known of it. Blocks: for workers and for the CLI.

There is no index that could break: each clip stands for itself, and one that cannot be read is left out. Whatever is in
the folder under another name, or is no plain file, is neither read nor touched.
"""

import logging
import os
import tempfile
from pathlib import Path

import msgspec

from oyez.hearing.locker.clips import (
    LARGEST_WAV_BYTES,
    Clip,
    ClipFacts,
    Label,
    UnknownClip,
    checked_id,
    clip_id,
    from_wav,
    id_of_file,
    to_remove,
    to_wav,
)
from oyez.hearing.mixdown import Mono

log = logging.getLogger(__name__)

FOLDER = "locker"
"""In the state folder."""
LARGEST_JSON_BYTES = 10_000
UNFINISHED = ".unfinished-"


class ClipFolder:
    """Readable by the device's own user alone. Methods raise OSError, and UnknownClip for an id that there is not."""

    def __init__(self, folder: Path, most_bytes: int) -> None:
        self._folder, self._most_bytes = folder, most_bytes
        self._next: int | None = None

    def keep(self, sound: Mono, facts: ClipFacts) -> Clip:
        """Writes a clip and removes the oldest beyond the limit. sound: int16 (n,) at 16 kHz."""
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if self._next is None:
            self._sweep()
        sizes = self._sizes()
        number = max(self._next or 1, 1 + max((int(one) for one in sizes), default=0))
        self._next = number + 1
        clip = Clip(id=clip_id(number), facts=facts)
        wav, told = to_wav(sound), msgspec.json.encode(clip)
        # Room is made first: a full disk takes the new one then.
        for oldest in to_remove(sizes, max(0, self._most_bytes - len(wav) - len(told))):
            self._remove(oldest)
        write_whole(self._wav(clip.id), wav)
        write_whole(self._json(clip.id), told)
        return clip

    def list(self) -> list[Clip]:
        """All that can be read, the oldest first."""
        found = (self._read(one) for one in sorted(self._sizes(), key=int))
        return [clip for clip in found if clip is not None]

    def label(self, clip: str, label: Label | None) -> Clip:
        """label None: takes it back."""
        known = self._known(clip)
        labelled = msgspec.structs.replace(known, label=label)
        write_whole(self._json(known.id), msgspec.json.encode(labelled))
        return labelled

    def sound(self, clip: str) -> Mono:
        """int16 (n,) at 16 kHz. UnknownClip too where its file is damaged."""
        return from_wav(self.wav(clip))

    def wav(self, clip: str) -> bytes:
        """The same as a WAV file, which it was checked to be."""
        known = self._known(clip)
        data = _read_small(self._wav(known.id), LARGEST_WAV_BYTES)
        try:
            from_wav(data)
        except ValueError as error:
            raise UnknownClip(f"The sound of clip {known.id} is damaged ({error}): delete it.") from error
        return data

    def delete(self, clip: str) -> None:
        found = checked_id(clip)
        if found not in self._sizes():
            raise UnknownClip(f"There is no clip {found}: it may have been the oldest and made room.")
        self._remove(found)

    def clear(self) -> int:
        """How many there were."""
        found = self._sizes()
        for one in found:
            self._remove(one)
        self._sweep()
        return len(found)

    def _known(self, clip: str) -> Clip:
        found = checked_id(clip)
        known = self._read(found) if found in self._sizes() else None
        if known is None:
            raise UnknownClip(f"There is no clip {found}: it may have been the oldest and made room.")
        return known

    def _read(self, clip: str) -> Clip | None:
        try:
            known = msgspec.json.decode(_read_small(self._json(clip), LARGEST_JSON_BYTES), type=Clip)
            if known.id != clip or not _is_plain(self._wav(clip)):
                raise ValueError("its two files do not belong together")
        except (OSError, ValueError) as error:
            log.warning("Clip %s in %s is left out: %s.", clip, self._folder, error)
            return None
        return known

    def _sizes(self) -> dict[str, int]:
        """Bytes by id, of half-written clips too, so that they age out as well."""
        sizes: dict[str, int] = {}
        if not self._folder.exists():
            return sizes
        with os.scandir(self._folder) as entries:
            for entry in entries:
                owner = id_of_file(entry.name)
                if owner is not None and entry.is_file(follow_symlinks=False):
                    sizes[owner] = sizes.get(owner, 0) + entry.stat(follow_symlinks=False).st_size
        return sizes

    def _sweep(self) -> None:
        """What was being written when the power went."""
        for left in self._folder.glob(f"{UNFINISHED}*"):
            left.unlink(missing_ok=True)

    def _remove(self, clip: str) -> None:
        self._wav(clip).unlink(missing_ok=True)
        self._json(clip).unlink(missing_ok=True)

    def _wav(self, clip: str) -> Path:
        return self._folder / f"{clip}.wav"

    def _json(self, clip: str) -> Path:
        return self._folder / f"{clip}.json"


def write_whole(path: Path, content: bytes) -> None:
    """A reader sees the old file or the new one. Mode 0600; root writes for whoever owns the folder. Raises OSError."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=UNFINISHED)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        if os.geteuid() == 0:
            # `sudo oyez locker label` must not take the clip away from the daemon.
            owner = path.parent.stat()
            os.chown(name, owner.st_uid, owner.st_gid)
        os.replace(name, path)
    except BaseException:
        os.unlink(name)
        raise


def _is_plain(path: Path) -> bool:
    return path.is_file() and not path.is_symlink()


def _read_small(path: Path, most_bytes: int) -> bytes:
    """Raises ValueError for a link, which may lead anywhere, and for what is larger than any of ours."""
    if not _is_plain(path) or path.stat().st_size > most_bytes:
        raise ValueError(f"{path.name} is missing, no plain file, or too large")
    return path.read_bytes()
