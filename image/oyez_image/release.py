"""The files of a release, out of a finished image: packed, block map, checksums, signature, lists, notes.

A device finds the bundle beside release.json, wherever both lie. Imager's list must say whole addresses: without one
there is none.
"""

import hashlib
import json
import shutil
from pathlib import Path

from oyez_image import bill, publishing
from oyez_image.progress import say
from oyez_image.publishing import Release
from oyez_image.recipe import FIRMWARE
from oyez_image.settings import Settings
from oyez_image.tools import Tools
from oyez_system.updates.describing import describe as describe_bundle

# Blocks of a fixed size: the number of processors does not change a byte.
PACK = """
cd /out
xz --compress --keep --force --threads=0 --block-size=16MiB -6 "$1"
bmaptool --quiet create --output "$1.bmap" "$1"
"""
SIGN = """
cd /out
sha256sum "$@" >SHA256SUMS
minisign -S -q -s /keys/release.key -m SHA256SUMS -x SHA256SUMS.minisig -t Oyez -c "signed by Oyez"
cp /keys/release.pub release.pub
"""


def publish(settings: Settings, tools: Tools, source: Path, changelog: str) -> list[str]:
    """Makes the files beside the image in settings.out; returns their names. source: the folder image/."""
    stem, out = f"oyez-{settings.version}", settings.out
    tools.run(["sh", "-euc", PACK, "sh", f"{stem}.img"], log="pack.log", binds={out: "/out"})
    notes = f"{settings.address}/{stem}.notes.md" if settings.address else ""
    described = describe_bundle(out / f"{stem}.raucb", settings.version, notes_url=notes)
    (out / "release.json").write_bytes(described)
    (out / f"{stem}.notes.md").write_text(publishing.notes(changelog, settings.version))
    names = [
        *(f"{stem}{ending}" for ending in (".img.xz", ".img.bmap", ".raucb", ".cdx.json", ".packages", ".notes.md")),
        "release.json",
        *_list_for_imager(settings, tools.epoch_s, source),
    ]
    command = ["sh", "-euc", SIGN, "sh", *names]
    tools.run(command, log="sign.log", binds={out: "/out", settings.keys: "/keys"})
    return [*names, "SHA256SUMS", "SHA256SUMS.minisig", "release.pub"]


def _list_for_imager(settings: Settings, epoch_s: int, source: Path) -> list[str]:
    """Names of its files. What an earlier build left of it would point elsewhere."""
    names = ["os_list.json", "oyez.svg"]
    for name in names:
        (settings.out / name).unlink(missing_ok=True)
    if not settings.address:
        say("no os_list.json for Raspberry Pi Imager: say with --address https://... where the files will be")
        return []
    shutil.copyfile(source / "oyez.svg", settings.out / "oyez.svg")
    _write_json(settings.out / "os_list.json", publishing.os_list(_facts(settings, epoch_s)))
    return names


def describe(settings: Settings, tools: Tools, status: str, commit: str) -> None:
    """The bill of materials, and Debian's packages with their versions, a line each. Reads the tree before it is used
    up. status: dpkg's, which is not on the device."""
    tree = tools.work / "tree"
    documents = tree / "usr/share/doc"
    firmware = tools.root / FIRMWARE.removeprefix("/")
    debian = bill.debian_parts(status, documents)
    boot = [
        bill.debian_part(control, firmware / "usr/share/doc")
        for path in sorted((firmware / "packages").glob("*.control"))
        for control in bill.stanzas(path.read_text())
    ]
    wheels = bill.wheel_parts(next((tree / "opt/oyez/lib").glob("python3*/site-packages")))
    stem = settings.out / f"oyez-{settings.version}"
    document = bill.document(settings.version, commit, tools.epoch_s, [*debian, *boot, *wheels])
    _write_json(stem.with_name(f"{stem.name}.cdx.json"), document)
    lines = sorted(f"{part.name}={part.version}\n" for part in [*debian, *boot])
    stem.with_name(f"{stem.name}.packages").write_text("".join(lines))


def _facts(settings: Settings, epoch_s: int) -> Release:
    stem = settings.out / f"oyez-{settings.version}"
    image, packed = (stem.with_name(f"{stem.name}{ending}") for ending in (".img", ".img.xz"))
    return Release(
        version=settings.version,
        epoch_s=epoch_s,
        address=settings.address,
        website=settings.website,
        image=packed.name,
        image_bytes=image.stat().st_size,
        image_sha256=_sha256(image),
        packed_bytes=packed.stat().st_size,
        packed_sha256=_sha256(packed),
    )


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _write_json(path: Path, document: object) -> None:
    path.write_text(json.dumps(document, indent=2, ensure_ascii=False, sort_keys=False) + "\n")
