"""Two roots of Debian, built once and kept under the cache by a stamp of all that they are made from: the tool root, of
this machine's kind, in which the image is put together; and the device's own, a tar that each build unpacks."""

import hashlib
import os
import shutil
from dataclasses import dataclass
from pathlib import Path

from oyez_image import recipe
from oyez_image.progress import run, say, step
from oyez_image.settings import Settings

STAMP_DIGITS = 12
FETCH_FIRMWARE = (
    'chroot "$1" sh -euc "'
    f"mkdir -p {recipe.FIRMWARE}/packages && cd {recipe.FIRMWARE}/packages"
    f" && apt-get download {' '.join(recipe.FIRMWARE_PACKAGES)}"
    ' && for package in *.deb; do dpkg-deb -x \\$package .. && dpkg-deb -f \\$package >\\$package.control; done"'
)


@dataclass(frozen=True, slots=True)
class Sources:
    """Lines of sources.list, and the files with the keys that they are signed with. Without lines: those that
    mmdebstrap itself knows, security updates among them."""

    lines: tuple[str, ...]
    keyrings: tuple[str, ...]


def sources(settings: Settings, *, device: bool) -> Sources:
    keyrings = [recipe.KEYRING]
    if not settings.mirror:
        return Sources((), tuple(keyrings))
    option = "[check-valid-until=no] " if settings.past else ""
    components = recipe.COMPONENTS.replace(",", " ")
    lines = [
        f"deb {option}{settings.mirror} {recipe.SUITE} {components}",
        f"deb {option}{settings.mirror} {recipe.SUITE}-updates {components}",
        f"deb {option}{settings.security_mirror} {recipe.SUITE}-security {components}",
    ]
    if settings.kernel == "raspberrypi" and device:
        lines.append(f"deb {settings.raspberry_pi_mirror} {recipe.SUITE} main")
        keyrings.append(settings.raspberry_pi_keyring)
    return Sources(tuple(lines), tuple(keyrings))


def tool_command(settings: Settings, architecture: str, target: Path) -> list[str]:
    """architecture: of the machine that builds."""
    architectures = architecture if architecture == recipe.ARCHITECTURE else f"{architecture},{recipe.ARCHITECTURE}"
    return [
        *_mmdebstrap("apt", architectures, recipe.TOOL_PACKAGES, sources(settings, device=False)),
        f"--customize-hook={FETCH_FIRMWARE}",
        recipe.SUITE,
        str(target),
        *sources(settings, device=False).lines,
    ]


def device_command(settings: Settings, target: Path) -> list[str]:
    packages = (*recipe.DEVICE_PACKAGES, *recipe.KERNELS[settings.kernel])
    return [
        *_mmdebstrap("essential", recipe.ARCHITECTURE, packages, sources(settings, device=True)),
        recipe.SUITE,
        str(target),
        *sources(settings, device=True).lines,
    ]


def _mmdebstrap(variant: str, architectures: str, packages: tuple[str, ...], found: Sources) -> list[str]:
    return [
        "mmdebstrap",
        f"--variant={variant}",
        f"--architectures={architectures}",
        f"--components={recipe.COMPONENTS}",
        f"--include={','.join(packages)}",
        *(f"--keyring={keyring}" for keyring in found.keyrings),
        '--aptopt=Acquire::Languages "none"',
        '--aptopt=APT::Install-Recommends "false"',
        *(f"--dpkgopt=path-exclude={glob}" for glob in recipe.NOT_UNPACKED),
        *(f"--dpkgopt=path-include={glob}" for glob in recipe.UNPACKED_ALL_THE_SAME),
    ]


def stamp(command: list[str]) -> str:
    return hashlib.sha256("\0".join(command).encode()).hexdigest()[:STAMP_DIGITS]


def tool_root(settings: Settings, architecture: str, log: Path) -> Path:
    """A folder. Its packages are those of the day when it was built."""
    folder = settings.cache / f"tools-{stamp(tool_command(settings, architecture, Path()))}"
    if settings.fresh:
        shutil.rmtree(folder, ignore_errors=True)
    if not folder.exists():
        half = folder.with_suffix(".half")
        shutil.rmtree(half, ignore_errors=True)
        tar = half.with_suffix(".tar")
        with step("tool root: Debian's packages for this machine (about two minutes)"):
            run(tool_command(settings, architecture, tar), log=log, environment=_environment())
            half.mkdir(parents=True)
            run(["tar", "--extract", "--file", tar, "--directory", half, "--exclude=./dev/*"], log=log)
            tar.unlink()
        half.rename(folder)
    return folder


def device_root(settings: Settings, log: Path) -> Path:
    """A tar. Its packages are those of the day when it was built."""
    tar = settings.cache / f"device-{stamp(device_command(settings, Path()))}.tar"
    if settings.fresh:
        tar.unlink(missing_ok=True)
    if not tar.exists():
        half = tar.with_suffix(".half.tar")
        say("device root: its packages are set up by an emulated processor, which takes five to ten minutes")
        with step("device root"):
            run(device_command(settings, half), log=log, environment=_environment())
        half.rename(tar)
    return tar


def _environment() -> dict[str, str]:
    return {
        **os.environ,
        "SOURCE_DATE_EPOCH": str(recipe.ROOT_EPOCH_S),
        # The default processor of QEMU has pointer authentication, which costs trixie's Python a factor of twenty.
        "QEMU_CPU": "cortex-a72",
        # The initramfs is our own.
        "INITRD": "No",
        "DEBIAN_FRONTEND": "noninteractive",
        "LC_ALL": "C.UTF-8",
    }
