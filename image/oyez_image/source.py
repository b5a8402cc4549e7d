"""The project as it is built: the files that git knows, as they lie there, with the version that was asked for."""

import os
import re
import shutil
import subprocess
from pathlib import Path

from oyez_image.progress import BuildError

_VERSION = re.compile(r'^version = "([^"]+)"$', re.MULTILINE)


def commit(repository: Path) -> str:
    """With `-dirty` where files differ from it."""
    return _git(repository, "describe", "--always", "--abbrev=40", "--dirty", "--exclude=*").strip()


def epoch_s(repository: Path) -> int:
    """Of the commit, or what SOURCE_DATE_EPOCH says."""
    return int(os.environ.get("SOURCE_DATE_EPOCH") or _git(repository, "log", "-1", "--format=%ct"))


def version_of(pyproject: str) -> str:
    found = _VERSION.search(pyproject)
    if found is None:
        raise BuildError("pyproject.toml names no version")
    return found[1]


def with_version(pyproject: str, version: str) -> str:
    return _VERSION.sub(f'version = "{version}"', pyproject, count=1)


def lay_out(repository: Path, folder: Path, version: str) -> None:
    """Copies what belongs to the project into an empty folder."""
    shutil.rmtree(folder, ignore_errors=True)
    known = _git(repository, "ls-files", "-z", "daemon", "hw", "pyproject.toml", "README.md", "LICENSE").split("\0")
    for name in filter(None, known):
        if (repository / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(repository / name, folder / name)
    pyproject = folder / "pyproject.toml"
    pyproject.write_text(with_version(pyproject.read_text(), version))


def _git(repository: Path, *words: str) -> str:
    command = ["git", "-c", f"safe.directory={repository}", "-C", str(repository), *words]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise BuildError(
            f"git {words[0]} failed: {done.stderr.strip()}; the image is built from a clone of the project"
        )
    return done.stdout
