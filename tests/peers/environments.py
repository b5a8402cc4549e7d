"""Environments of peers: each in a folder of its own under build/peers, installed once as it is pinned.

The peers' pins contradict each other and ours, so that none may share an environment with another. What is there as
pinned is left alone. A peer that cannot be installed keeps nobody from another: why is written beside it, and its tests
are skipped with that reason.
"""

import hashlib
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
HOME = ROOT / "build" / "peers"
PATIENCE_S = 900.0
"""For one step of an installation over a slow line."""


class CannotInstall(Exception):
    """The message is the reason, for the one who reads why tests were skipped."""


@dataclass(frozen=True)
class Environment:
    """name: of the peer and its folder in home. pinned: the files that say what belongs there. fill: makes it."""

    name: str
    pinned: tuple[Path, ...]
    fill: Callable[["Environment"], None]
    home: Path = HOME

    @property
    def folder(self) -> Path:
        return self.home / self.name

    @property
    def python(self) -> Path:
        return self.folder / "bin" / "python"

    @property
    def _installed(self) -> Path:
        return self.folder / "installed.sha256"

    @property
    def _failed(self) -> Path:
        return self.home / f"{self.name}.failed"

    def _stamp(self) -> str:
        """Of all that the folder was made from, its own place included: neither venvs nor node folders can move."""
        digest = hashlib.sha256(f"{sys.version} {self.folder}".encode())
        for path in self.pinned:
            digest.update(path.read_bytes())
        return digest.hexdigest()

    def why_absent(self) -> str | None:
        """None: installed as pinned; else why not, in a sentence."""
        if self._installed.is_file() and self._installed.read_text() == self._stamp():
            return None
        if self._failed.is_file():
            return f"{self.name} could not be installed: {self._failed.read_text().strip()}"
        return f"{self.name} is not installed; `make test-peers` does it"

    def install(self) -> None:
        """Raises CannotInstall. Does nothing, quickly, when all is there as pinned."""
        if self.why_absent() is None:
            return
        self.home.mkdir(parents=True, exist_ok=True)
        shutil.rmtree(self.folder, ignore_errors=True)
        try:
            self.fill(self)
        except CannotInstall as error:
            self._failed.write_text(f"{error}\n")
            raise
        self._failed.unlink(missing_ok=True)
        self._installed.write_text(self._stamp())


def python_packages(*options: str) -> Callable[[Environment], None]:
    """A venv with what the one pinned file lists; options: pip's."""

    def fill(environment: Environment) -> None:
        run([sys.executable, "-m", "venv", environment.folder])
        quiet = ["--disable-pip-version-check", "--quiet", "--no-input"]
        run([environment.python, "-m", "pip", "install", *quiet, *options, "-r", environment.pinned[0]])

    return fill


def node_packages(environment: Environment) -> None:
    """A folder with node_modules, as the pinned package.json and its lock file say."""
    npm = shutil.which("npm")
    if npm is None:
        raise CannotInstall("npm is not on the path; install Node.js 20 or later (Debian: apt-get install npm)")
    environment.folder.mkdir(parents=True)
    for path in environment.pinned:
        shutil.copy(path, environment.folder)
    quiet = ["--omit-lockfile-registry-resolved", "--no-audit", "--no-fund", "--loglevel=error"]
    run([npm, "ci", *quiet], environment.folder)


def run(command: Sequence[str | Path], cwd: Path = ROOT) -> str:
    """What it printed. Raises CannotInstall with its last words."""
    words = [str(word) for word in command]
    try:
        done = subprocess.run(words, cwd=cwd, check=True, capture_output=True, text=True, timeout=PATIENCE_S)
    except subprocess.TimeoutExpired:
        raise CannotInstall(f"{Path(words[0]).name} did not end within {PATIENCE_S:g} s") from None
    except subprocess.CalledProcessError as error:
        lines = (error.stderr or error.stdout).strip().splitlines()
        raise CannotInstall(" ".join(lines[-2:]) or f"exit code {error.returncode}") from None
    return done.stdout


def install_all(environments: Mapping[str, Environment], names: Sequence[str]) -> None:
    """Those names, or all. Always ends well: what is missing is told here, and again by the tests skipped for it."""
    for name in names or environments:
        environment = environments[name]
        if environment.why_absent() is None:
            continue
        print(f"Installing {name} into {environment.folder} ...", file=sys.stderr, flush=True)
        try:
            environment.install()
        except CannotInstall as error:
            print(f"{name} cannot be installed, its tests are skipped: {error}", file=sys.stderr)
