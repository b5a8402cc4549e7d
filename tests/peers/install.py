"""Installs the peers, each in a folder of its own under build/peers: `python -m tests.peers.install [NAME ...]`.

Their pins contradict each other and ours, so that none may share an environment with another. What is already there as
pinned is left alone. A peer that cannot be installed keeps nobody else from it: why is written beside it, and its tests
are skipped with that reason.
"""

import hashlib
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).parents[2]
PINS = Path(__file__).parent / "pins"
HOME = ROOT / "build" / "peers"
PATIENCE_S = 900.0
"""For one installation over a slow line."""

PYTHON_PEERS = ("openai", "openai-agents", "pipecat", "livekit")
NODE_PEERS = ("npm-openai", "npm-agents")
PEERS = PYTHON_PEERS + NODE_PEERS


class CannotInstall(Exception):
    """The message is the reason, for the one who reads why tests were skipped."""


def folder(peer: str) -> Path:
    return HOME / peer


def python_of(peer: str) -> Path:
    return folder(peer) / "bin" / "python"


def _pinned(peer: str) -> list[Path]:
    if peer in NODE_PEERS:
        return [PINS / peer / "package.json", PINS / peer / "package-lock.json"]
    return [PINS / f"{peer}.lock"]


def _stamp(peer: str) -> str:
    digest = hashlib.sha256(f"{sys.version} {HOME}".encode())
    for path in _pinned(peer):
        digest.update(path.read_bytes())
    return digest.hexdigest()


def why_absent(peer: str) -> str | None:
    """None: installed as pinned; else why not, in a sentence."""
    stamp, failed = folder(peer) / "installed.sha256", HOME / f"{peer}.failed"
    if stamp.is_file() and stamp.read_text() == _stamp(peer):
        return None
    if failed.is_file():
        return f"the peer {peer} could not be installed: {failed.read_text().strip()}"
    return f"the peer {peer} is not installed; `make test-peers` does it"


def install(peer: str) -> None:
    """Raises CannotInstall. Does nothing, quickly, when the peer is there as pinned."""
    failed = HOME / f"{peer}.failed"
    if why_absent(peer) is None:
        return
    HOME.mkdir(parents=True, exist_ok=True)
    shutil.rmtree(folder(peer), ignore_errors=True)
    try:
        (_install_node if peer in NODE_PEERS else _install_python)(peer)
    except CannotInstall as error:
        failed.write_text(f"{error}\n")
        raise
    failed.unlink(missing_ok=True)
    (folder(peer) / "installed.sha256").write_text(_stamp(peer))


def _install_python(peer: str) -> None:
    _run([sys.executable, "-m", "venv", folder(peer)], ROOT)
    pip = [python_of(peer), "-m", "pip", "--disable-pip-version-check", "install", "--quiet", "--no-input"]
    _run([*pip, "--require-hashes", "-r", PINS / f"{peer}.lock"], ROOT)


def _install_node(peer: str) -> None:
    npm = shutil.which("npm")
    if npm is None:
        raise CannotInstall("npm is not on the path; install Node.js 20 or later (Debian: apt-get install npm)")
    folder(peer).mkdir(parents=True)
    for path in _pinned(peer):
        shutil.copy(path, folder(peer))
    _run([npm, "ci", "--omit-lockfile-registry-resolved", "--no-audit", "--no-fund", "--loglevel=error"], folder(peer))


def _run(command: Sequence[str | Path], cwd: Path) -> None:
    try:
        subprocess.run(
            [str(word) for word in command], cwd=cwd, check=True, capture_output=True, text=True, timeout=PATIENCE_S
        )
    except subprocess.TimeoutExpired:
        raise CannotInstall(f"{Path(command[0]).name} did not end within {PATIENCE_S:g} s") from None
    except subprocess.CalledProcessError as error:
        lines = (error.stderr or error.stdout).strip().splitlines()
        raise CannotInstall(" ".join(lines[-2:]) or f"exit code {error.returncode}") from None


def main(names: Sequence[str]) -> None:
    """Always ends well: what is missing is told here, and again by the tests that are skipped for it."""
    for peer in names or PEERS:
        if why_absent(peer) is None:
            continue
        print(f"Installing the peer {peer} into build/peers/{peer} ...", file=sys.stderr, flush=True)
        try:
            install(peer)
        except CannotInstall as error:
            print(f"The peer {peer} cannot be installed, its tests are skipped: {error}", file=sys.stderr)


if __name__ == "__main__":
    main(sys.argv[1:])
