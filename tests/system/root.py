"""Builds the Debian root with the project in it that containers and the guest boot: `python -m tests.system.root`.

`built()` gives a `Root`; it takes some minutes the first time, seconds after a change of the project, and no time when
nothing changed. In the root:

- /opt/oyez: a venv of the root's own Python with the project and what requirements.lock pins: what the units name;
- /usr/lib/systemd/system and so on: the files of systemd/, none enabled;
- /srv/oyez: the repository as it is, for its tests: `cd /srv/oyez && /opt/oyez/bin/python -m pytest tests/...`;
- /srv/shared: an empty folder, where ../shared is to be mounted (`SHARED` is its place on the host).

Nobody may write to `Root.folder`: who boots it takes a layer above (`with root.layer(scratch) as folder:` mounts an
overlay whose changes are lost), and the guest's disk is a snapshot.
"""

import contextlib
import fcntl
import hashlib
import os
import shutil
import ssl
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.system import install, recipe

REPOSITORY = Path(__file__).parents[2]
SHARED = REPOSITORY.parent / "shared"
BUILD = REPOSITORY / "build" / "system"
PATIENCE_S = 1800.0
"""For one step over a slow line on a busy machine."""


class CannotBuild(Exception):
    """The message says what failed, with its last words."""


@dataclass(frozen=True)
class Root:
    """folder: the root itself, read-only by agreement. stamp: of all that it was made from."""

    folder: Path
    stamp: str

    @contextlib.contextmanager
    def layer(self, scratch: Path) -> Iterator[Path]:
        """A root that may be written to; scratch: an empty folder on a disk (no overlay) that keeps the changes."""
        upper, work, merged = scratch / "upper", scratch / "work", scratch / "root"
        for folder in (upper, work, merged):
            folder.mkdir(parents=True, exist_ok=True)
        options = f"lowerdir={self.folder},upperdir={upper},workdir={work}"
        run(["mount", "-t", "overlay", "overlay", "-o", options, merged])
        try:
            yield merged
        finally:
            run(["umount", "--lazy", merged])


def say(what: str) -> None:
    print(f"system: {what}", flush=True)


def built() -> Root:
    """Raises CannotBuild. Several callers at once wait for each other."""
    if reason := install.why_not():
        raise CannotBuild(reason)
    BUILD.mkdir(parents=True, exist_ok=True)
    with open(BUILD / "lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        return _built()


def _built() -> Root:
    folder = BUILD / "root"
    debian = _stamp("debian", [Path(recipe.__file__)])
    python = _stamp(debian, [REPOSITORY / "requirements.lock", REPOSITORY / "requirements-build.lock"])
    project = _stamp(python, sorted(_sources()))
    step("debian", debian, lambda: _debian(folder))
    step("python", python, lambda: _python(folder))
    step("project", project, lambda: _project(folder))
    return Root(folder, project)


def step(name: str, stamp: str, make: Callable[[], None]) -> None:
    """Does nothing when the step was done with the same inputs; what is half done is done again."""
    done = BUILD / f"{name}.stamp"
    if done.is_file() and done.read_text() == stamp:
        return
    done.unlink(missing_ok=True)
    since = time.monotonic()
    make()
    done.write_text(stamp)
    say(f"{name}: {time.monotonic() - since:.0f} s")


def _stamp(before: str, paths: Iterable[Path]) -> str:
    digest = hashlib.sha256(before.encode())
    for path in paths:
        digest.update(f"\0{path.relative_to(REPOSITORY)}\0{path.stat().st_mode}\0".encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _sources() -> list[Path]:
    """Every file of the repository as it lies here, committed or not."""
    listed = run(["git", "-C", REPOSITORY, "ls-files", "-z", "--cached", "--others", "--exclude-standard"])
    return [path for name in listed.split("\0") if name and (path := REPOSITORY / name).is_file()]


def _debian(folder: Path) -> None:
    say(
        f"building a root of Debian {recipe.SUITE} with {len(recipe.PACKAGES)} packages; this takes a minute or two ..."
    )
    shutil.rmtree(folder, ignore_errors=True)
    seed = BUILD / "laid_in"
    shutil.rmtree(seed, ignore_errors=True)
    for name, text in recipe.LAID_IN.items():
        path = seed / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    run(
        [
            "mmdebstrap",
            "--variant=apt",
            "--mode=root",
            f"--architectures={recipe.ARCHITECTURE}",
            f"--include={','.join(recipe.PACKAGES)}",
            f"--keyring={install.KEYRING}",
            '--aptopt=Acquire::Languages "none"',
            "--aptopt=Acquire::Retries 3",
            *(f"--dpkgopt=path-exclude={pattern}" for pattern in recipe.NOT_UNPACKED),
            f"--essential-hook=copy-in {' '.join(str(path) for path in sorted(seed.iterdir()))} /",
            recipe.SUITE,
            folder,
        ],
        environment={"INITRD": "No"},
    )
    shutil.copytree(seed, folder, dirs_exist_ok=True)  # packages bring their own of some
    for verb, units in (
        ("disable", recipe.SLEEPING_UNITS),
        ("mask", recipe.MASKED_UNITS),
        ("enable", recipe.WOKEN_UNITS),
    ):
        run(["systemctl", f"--root={folder}", "--quiet", verb, *units])
    say("making the guest's initial RAM disk ...")
    inside(folder, ["sh", "-c", "update-initramfs -c -k $(ls /lib/modules)"])


def _python(folder: Path) -> None:
    say("installing the pinned packages into the root's /opt/oyez; the first time this takes a few minutes ...")
    wanted = folder / "srv" / "wanted"
    shutil.rmtree(wanted, ignore_errors=True)
    wanted.mkdir(parents=True)
    shutil.copy(REPOSITORY / "requirements-build.lock", wanted)
    (wanted / "requirements.lock").write_text(
        without(recipe.NOT_NEEDED, (REPOSITORY / "requirements.lock").read_text())
    )
    shutil.rmtree(folder / "opt" / "oyez", ignore_errors=True)
    inside(folder, ["python3", "-m", "venv", "/opt/oyez"])
    # The build tools are pinned too, so nothing is fetched that the lock files do not name.
    _pip(folder, "--require-hashes", "-r", "/srv/wanted/requirements-build.lock")
    _pip(
        folder,
        *("--require-hashes", "--no-deps", "--no-build-isolation", "--use-pep517"),
        *("-r", "/srv/wanted/requirements.lock"),
    )


def _project(folder: Path) -> None:
    say("installing the project and its units ...")
    tree = folder / "srv" / "oyez"
    shutil.rmtree(tree, ignore_errors=True)
    for path in _sources():
        target = tree / path.relative_to(REPOSITORY)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(path, target)
    (folder / "srv" / "shared").mkdir(exist_ok=True)
    _pip(folder, "--no-deps", "--no-build-isolation", "--no-index", "--force-reinstall", "/srv/oyez")
    _lay_units(folder)


def _lay_units(folder: Path) -> None:
    laid = BUILD / "units"
    for old in laid.read_text().split() if laid.is_file() else ():
        (folder / old).unlink(missing_ok=True)
    places = {place: path for path in (REPOSITORY / "systemd").rglob("*") if (place := unit_place(path.name))}
    laid.write_text("\n".join(places))
    for place, path in places.items():
        (folder / place).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, folder / place)


def unit_place(name: str) -> str | None:
    """Where in a root a file of systemd/ belongs; None: it is no unit (a page, a folder)."""
    stem, dot, ending = name.rpartition(".")
    folder = recipe.UNIT_FOLDERS.get(dot + ending)
    if folder is None:
        return None
    return f"{folder}/{stem}.conf" if folder.endswith(".d") and ending != "rules" else f"{folder}/{name}"


def without(names: frozenset[str], lock: str) -> str:
    """A lock file less the entries of these names; an entry is its line and the indented ones after it."""
    kept: list[str] = []
    keeping = True
    for line in lock.splitlines():
        if line and not line[0].isspace():
            keeping = line.partition("==")[0].strip() not in names
        if keeping:
            kept.append(line)
    return "\n".join([*kept, ""])


def _pip(folder: Path, *words: str) -> None:
    """pip of /opt/oyez; the registry is reached as this machine reaches it: its certificates and proxies are lent."""
    cache = BUILD / "pip-cache"
    cache.mkdir(exist_ok=True)
    binds = [f"--bind={cache}:/root/.cache/pip"]
    lent = {name: os.environ[name] for name in os.environ if name.lower().endswith("_proxy")}
    lent |= {name: os.environ[name] for name in ("PIP_INDEX_URL", "PIP_TRUSTED_HOST") if name in os.environ}
    certificates = os.environ.get("SSL_CERT_FILE") or ssl.get_default_verify_paths().cafile
    if certificates:
        binds.append(f"--bind-ro={certificates}:/run/host-certificates.crt")
        lent["PIP_CERT"] = "/run/host-certificates.crt"
    environment = [f"--setenv={name}={value}" for name, value in lent.items()]
    quiet = ["--disable-pip-version-check", "--quiet", "--no-input"]
    inside(folder, ["/opt/oyez/bin/python", "-m", "pip", *quiet, "install", *words], (*binds, *environment))


def inside(folder: Path, command: Sequence[str], options: Sequence[str] = ()) -> str:
    """What a command prints that runs in the root, without its systemd; options: systemd-nspawn's."""
    own = ["--quiet", "--register=no", "--keep-unit", "--as-pid2", "--timezone=off", "--resolv-conf=bind-host"]
    return run(["systemd-nspawn", *own, *options, f"--directory={folder}", "--", *command])


def run(command: Sequence[str | Path], environment: dict[str, str] | None = None) -> str:
    words = [str(word) for word in command]
    path = os.environ["PATH"] + ":/usr/sbin:/sbin"
    try:
        done = subprocess.run(
            words,
            check=True,
            text=True,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=PATIENCE_S,
            env={**os.environ, "PATH": path, **(environment or {})},
        )
    except subprocess.TimeoutExpired:
        raise CannotBuild(f"{words[0]} did not end within {PATIENCE_S:g} s") from None
    except subprocess.CalledProcessError as error:
        lines = (error.stderr + error.stdout).strip().splitlines()
        raise CannotBuild(f"{words[0]} ended with {error.returncode}:\n" + "\n".join(lines[-15:])) from None
    return done.stdout


if __name__ == "__main__":
    try:
        print(built().folder)
    except CannotBuild as error:
        print(f"system: {error}", file=sys.stderr)
        sys.exit(install.SERVICE_AWAY)
