"""Real RAUC bundles, made on the spot and signed with throw-away keys; needs `rauc` and `mksquashfs`."""

import random
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

TOOLS = ("rauc", "mksquashfs", "openssl")
MISSING = [tool for tool in TOOLS if shutil.which(tool) is None]


@dataclass(frozen=True)
class Signer:
    certificate: Path
    key: Path


def make_signer(folder: Path, name: str) -> Signer:
    certificate, key = folder / f"{name}.pem", folder / f"{name}.key"
    kind = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "1", "-subj", f"/CN={name}"]
    _run("openssl", "req", "-x509", *kind, "-keyout", key, "-out", certificate)
    return Signer(certificate, key)


def image_of(version: str) -> bytes:
    """What is in the place of a root file system."""
    return random.Random(version).randbytes(200_000)


def make_bundle(
    folder: Path,
    signer: Signer,
    version: str,
    compatible: str = "oyez-arm64",
    form: str = "verity",
    image: str = "rootfs.ext4",
) -> Path:
    contents, bundle = folder / f"contents-{version}-{compatible}", folder / f"oyez-{version}.raucb"
    contents.mkdir()
    (contents / image).write_bytes(image_of(version))
    (contents / "manifest.raucm").write_text(
        f"[update]\ncompatible={compatible}\nversion={version}\n\n[bundle]\nformat={form}\n\n"
        f"[image.rootfs]\nfilename={image}\n"
    )
    bundle.unlink(missing_ok=True)
    _run("rauc", "bundle", f"--cert={signer.certificate}", f"--key={signer.key}", contents, bundle)
    return bundle


def system_conf(folder: Path, *trusted: Signer, compatible: str = "oyez-arm64") -> Path:
    """What a device has at /etc/rauc/system.conf; its keyring holds the certificates of these."""
    keyring, conf = folder / "keyring.pem", folder / "system.conf"
    keyring.write_text("".join(signer.certificate.read_text() for signer in trusted))
    conf.write_text(
        f"[system]\ncompatible={compatible}\nbootloader=noop\nbundle-formats=verity\n\n[keyring]\npath={keyring}\n\n"
        f"[slot.rootfs.0]\ndevice={folder}/a\nbootname=A\n\n[slot.rootfs.1]\ndevice={folder}/b\nbootname=B\n"
    )
    return conf


def _run(*command: object) -> None:
    subprocess.run([str(word) for word in command], check=True, capture_output=True)
