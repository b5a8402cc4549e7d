"""Installs the servers, each in a folder of its own: `python -m tests.peers.servers.install [NAME ...]`.

What is already there as pinned is left alone. A server that cannot be installed keeps nobody from anything: why is
written beside it, and its tests are skipped with that reason.
"""

import hashlib
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

HOME = Path(__file__).parents[3] / "build" / "peers"
PINS = Path(__file__).parent / "pins"
PATIENCE_S = 600.0
SERVERS = ("aimock", "speech-to-speech")


class CannotInstall(Exception):
    """The message is the reason."""


def folder(server: str) -> Path:
    return HOME / server


def why_absent(server: str) -> str | None:
    """None: installed as pinned; else why not, in a sentence."""
    stamp, failed = folder(server) / "installed.sha256", HOME / f"{server}.failed"
    if stamp.is_file() and stamp.read_text() == _stamp(server):
        return None
    if failed.is_file():
        return f"the server {server} could not be installed: {failed.read_text().strip()}"
    return f"the server {server} is not installed; `make test-peers` does it"


def install(server: str) -> None:
    """Raises CannotInstall. Quick when the server is there as pinned."""
    if why_absent(server) is None:
        return
    HOME.mkdir(parents=True, exist_ok=True)
    shutil.rmtree(folder(server), ignore_errors=True)
    failed = HOME / f"{server}.failed"
    try:
        (_install_aimock if server == "aimock" else _install_speech_to_speech)()
    except CannotInstall as error:
        failed.write_text(f"{error}\n")
        raise
    failed.unlink(missing_ok=True)
    (folder(server) / "installed.sha256").write_text(_stamp(server))


def _stamp(server: str) -> str:
    digest = hashlib.sha256(f"{sys.version} {HOME}".encode())
    for path in _pins(server):
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _pins(server: str) -> list[Path]:
    if server == "aimock":
        return [PINS / "aimock" / "package.json", PINS / "aimock" / "package-lock.json"]
    return [PINS / "speech-to-speech.txt"]


def _install_aimock() -> None:
    npm = shutil.which("npm")
    if npm is None:
        raise CannotInstall("npm is not on the path; install Node.js 20 or later (Debian: apt-get install npm)")
    folder("aimock").mkdir(parents=True)
    for path in _pins("aimock"):
        shutil.copy(path, folder("aimock"))
    _run(
        [npm, "ci", "--omit-lockfile-registry-resolved", "--no-audit", "--no-fund", "--loglevel=error"],
        folder("aimock"),
    )


def _install_speech_to_speech() -> None:
    """Without its dependencies, which are gigabytes of models' frameworks: its protocol engine needs none of them."""
    home = folder("speech-to-speech")
    _run([sys.executable, "-m", "venv", home], HOME)
    pip = [home / "bin" / "python", "-m", "pip", "--disable-pip-version-check", "install", "--quiet", "--no-input"]
    _run([*pip, "--no-deps", "-r", PINS / "speech-to-speech.txt"], HOME)


def _run(command: Sequence[str | Path], cwd: Path) -> None:
    words = [str(word) for word in command]
    try:
        subprocess.run(words, cwd=cwd, check=True, capture_output=True, text=True, timeout=PATIENCE_S)
    except subprocess.TimeoutExpired:
        raise CannotInstall(f"{Path(words[0]).name} did not end within {PATIENCE_S:g} s") from None
    except subprocess.CalledProcessError as error:
        lines = (error.stderr or error.stdout).strip().splitlines()
        raise CannotInstall(" ".join(lines[-2:]) or f"exit code {error.returncode}") from None


def main(names: Sequence[str]) -> None:
    """Always ends well: what is missing is told here, and again by the tests that are skipped for it."""
    for server in names or SERVERS:
        if why_absent(server) is None:
            continue
        print(f"Installing the server {server} into build/peers/{server} ...", file=sys.stderr, flush=True)
        try:
            install(server)
        except CannotInstall as error:
            print(f"The server {server} cannot be installed, its tests are skipped: {error}", file=sys.stderr)


if __name__ == "__main__":
    main(sys.argv[1:])
