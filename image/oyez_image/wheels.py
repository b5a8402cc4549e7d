"""/opt/oyez: the project and what the locks pin, for the device's Python, without running a program of the device.

Wheels are fetched for its platform; the two packages that have none are cross-compiled; the venv is made by the tool
root's Python, which is the device's own release of it, at the very path.
"""

import hashlib
import os
import shutil
import sys
from pathlib import Path

from oyez_image import recipe
from oyez_image.progress import run, step
from oyez_image.tools import Tools

VENV = "/opt/oyez"
CROSS_COMPILER = {
    "CC": "aarch64-linux-gnu-gcc",
    "LDSHARED": "aarch64-linux-gnu-gcc -shared",
    "LDFLAGS": "-Wl,-s",
    "CFLAGS": "-O2 -g0",
    "PKG_CONFIG_LIBDIR": "/usr/lib/aarch64-linux-gnu/pkgconfig",
    "_PYTHON_HOST_PLATFORM": "linux-aarch64",
    "_PYTHON_SYSCONFIGDATA_NAME": "_sysconfigdata__aarch64-linux-gnu",
}
WITHOUT_LOCAL = """#!/bin/sh
echo "oyez-local: this image was built without the local server; build one with: make image ARGS=--local" >&2
exit 69
"""
INSTALL = """
python3 -m venv --without-pip /opt/oyez
for wheel in /wheels/*.whl /project/*.whl; do
    PYTHONPATH=/usr/lib/python3/dist-packages /opt/oyez/bin/python -m installer --no-compile-bytecode "$wheel"
done
rm -rf /opt/oyez/bin/[aA]ctivate* /opt/oyez/include /opt/oyez/.gitignore
"""


def stamp(lock: Path) -> str:
    facts = (lock.read_text(), *recipe.WHEEL_PLATFORMS, *(f"{name}={value}" for name, value in CROSS_COMPILER.items()))
    return hashlib.sha256("\0".join(facts).encode()).hexdigest()[:12]


def third_party(lock: Path, tools: Tools, cache: Path) -> Path:
    """A folder with a wheel for each pin."""
    folder = cache / f"wheels-{stamp(lock)}"
    if folder.exists():
        return folder
    half = folder.with_suffix(".half")
    shutil.rmtree(half, ignore_errors=True)
    half.mkdir(parents=True)
    with step("wheels for the device"):
        run(_download(lock, half), log=tools.work / "logs" / "wheels-download.log")
    with step(f"compiling {' and '.join(recipe.CROSS_BUILT)}"):
        for source in sorted(half.glob("*.tar.gz")):
            command = ["pip", "wheel", "--no-index", "--no-deps", "--no-build-isolation", "--no-cache-dir"]
            tools.run(
                [*command, "--wheel-dir", "/wheels", f"/wheels/{source.name}"],
                log=f"wheels-{source.name}.log",
                environment={**CROSS_COMPILER, "SOURCE_DATE_EPOCH": str(recipe.ROOT_EPOCH_S)},
                binds={half: "/wheels"},
            )
            source.unlink()
    half.rename(folder)
    return folder


def _download(lock: Path, folder: Path) -> list[str]:
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "download", "--quiet", "--no-input"]
    return [
        *pip,
        *("--no-deps", "--require-hashes", "--no-build-isolation", "--dest", str(folder), "--requirement", str(lock)),
        *("--implementation", "cp", "--python-version", recipe.PYTHON_VERSION),
        *(word for abi in (f"cp{recipe.PYTHON_VERSION}", "abi3", "none") for word in ("--abi", abi)),
        *(word for platform in recipe.WHEEL_PLATFORMS for word in ("--platform", platform)),
    ]


def project(source: Path, folder: Path, epoch_s: int, log: Path) -> None:
    """Builds the project's own wheel out of `source` into the folder."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "wheel", "--quiet", "--no-input"]
    run(
        [*pip, "--no-deps", "--no-build-isolation", "--wheel-dir", folder, source],
        log=log,
        environment={**os.environ, "SOURCE_DATE_EPOCH": str(epoch_s)},
    )


def install(tools: Tools, third_party_wheels: Path, project_wheels: Path, tree: Path, *, local: bool) -> None:
    """Makes /opt/oyez in the tree. local: with what the local server needs."""
    venv = tree / VENV.removeprefix("/")
    shutil.rmtree(venv, ignore_errors=True)
    venv.mkdir(parents=True)
    tools.run(
        ["sh", "-euc", INSTALL],
        log="install.log",
        binds={venv: VENV, third_party_wheels: "/wheels", project_wheels: "/project"},
    )
    if not local:
        (venv / "bin/oyez-local").write_text(WITHOUT_LOCAL)
