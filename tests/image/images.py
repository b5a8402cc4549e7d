"""The images that the tests boot and the bundles that they update to: all of this commit, all signed with build/keys.

`make image` builds the first; the others are it once more under another number, most of them broken on purpose
(image/oyez_image/variants.py). They are built again when the project has changed.
"""

import hashlib
import os
import subprocess
import sys
import tomllib
from dataclasses import dataclass
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
BUILD = REPOSITORY / "build" / "test-image"
KEYS = REPOSITORY / "build" / "keys"
CACHE = REPOSITORY / "build" / "image" / "cache"
COMPATIBLE = "oyez-arm64"
NEWER = "9.0.1"
BROKEN = {"9.0.2": "noboot", "9.0.3": "deaf", "9.0.4": "nonet"}
"""Version -> what is wrong with it."""
PATIENCE_S = 2400.0


class CannotBuild(Exception):
    """The message has the builder's last words."""


@dataclass(frozen=True, slots=True)
class Images:
    folder: Path
    version: str
    """Of the image."""

    @property
    def image(self) -> Path:
        return self.folder / f"oyez-{self.version}.img"

    def bundle(self, version: str) -> Path:
        return self.folder / f"oyez-{version}.raucb"


def built() -> Images:
    """Takes minutes the first time. Raises CannotBuild."""
    version = tomllib.loads((REPOSITORY / "pyproject.toml").read_text())["project"]["version"]
    images = Images(BUILD / "images", version)
    images.folder.mkdir(parents=True, exist_ok=True)
    mark = _stamp()
    _build(images, version, "", mark)
    for newer, fault in {NEWER: "", **BROKEN}.items():
        _build(images, newer, fault, mark)
        (images.folder / f"oyez-{newer}.img").unlink(missing_ok=True)  # only its bundle is wanted
    return images


def _build(images: Images, version: str, fault: str, mark: str) -> None:
    done = images.folder / f"oyez-{version}.stamp"
    if done.exists() and done.read_text() == mark and images.bundle(version).exists():
        return
    print(f"test-image: building {version}{f', broken: {fault}' if fault else ''} ...", flush=True)
    words = [sys.executable, "-m", "oyez_image", "--no-release", "--version", version, "--out", str(images.folder)]
    words += ["--keys", str(KEYS), "--cache", str(CACHE), *(["--break", fault] if fault else [])]
    environment = {
        **os.environ,
        "PYTHONPATH": str(REPOSITORY / "image"),
        "PATH": os.environ["PATH"] + ":/usr/sbin:/sbin",
    }
    done.unlink(missing_ok=True)
    made = subprocess.run(
        words, cwd=REPOSITORY, env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True,
        timeout=PATIENCE_S, check=False,
    )  # fmt: skip
    if made.returncode != 0:
        raise CannotBuild("\n".join((made.stdout + made.stderr).splitlines()[-15:]))
    done.write_text(mark)


def _stamp() -> str:
    """Of all that goes into an image."""
    git = ["git", "-C", str(REPOSITORY)]
    parts = ["daemon", "hw", "image", "systemd", "pyproject.toml", "requirements.lock"]
    commands = (["rev-parse", *(f"HEAD:{part}" for part in parts)], ["diff", "HEAD", "--", *parts])
    told = [subprocess.run([*git, *words], check=True, capture_output=True).stdout for words in commands]
    return hashlib.sha256(b"".join(told)).hexdigest()


def small_bundle(folder: Path, version: str, *, own_key: bool = True, compatible: str = COMPATIBLE) -> Path:
    """Of a few kilobytes, as RAUC takes it; nothing can boot it. own_key: signed as the image's updates are, else by a
    stranger."""
    folder.mkdir(parents=True, exist_ok=True)
    key, certificate = (KEYS / "update.key", KEYS / "update.pem") if own_key else _stranger(folder)
    content = folder / "content"
    content.mkdir(exist_ok=True)
    (content / "slot.img").write_bytes(os.urandom(1 << 18))
    manifest = f"[update]\ncompatible={compatible}\nversion={version}\n\n[bundle]\nformat=verity\n\n"
    (content / "manifest.raucm").write_text(f"{manifest}[image.rootfs]\nfilename=slot.img\n")
    bundle = folder / f"small-{version}.raucb"
    bundle.unlink(missing_ok=True)
    words = ["rauc", "bundle", f"--cert={certificate}", f"--key={key}", str(content), str(bundle)]
    subprocess.run(words, check=True, capture_output=True, timeout=120.0)
    return bundle


def _stranger(folder: Path) -> tuple[Path, Path]:
    key, certificate = folder / "stranger.key", folder / "stranger.pem"
    words = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-noenc", "-days", "365", "-subj", "/CN=a stranger"]
    words += ["-addext", "extendedKeyUsage=emailProtection,codeSigning"]
    subprocess.run([*words, "-keyout", str(key), "-out", str(certificate)], check=True, capture_output=True)
    return key, certificate


if __name__ == "__main__":
    try:
        print(f"test-image: images of this commit: {built().folder}")
    except CannotBuild as error:
        print(f"test-image: no image could be built:\n{error}", file=sys.stderr)
        sys.exit(1)
