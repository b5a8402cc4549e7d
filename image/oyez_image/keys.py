"""Keys to sign with. Where there are none a development pair is made, which nobody else's device believes.

`update.key`, `update.pem`: the bundle (RAUC, X.509). `release.key`, `release.pub`: the checksums (minisign). A device
believes every certificate in `update.pem` and in image/keyring/*.pem: docs/image.md says how a key is replaced.
"""

import shutil
from pathlib import Path

from oyez_image.progress import say
from oyez_image.tools import Tools

FILES = ("update.key", "update.pem", "release.key", "release.pub")
# RSA: the same data signed twice gives the same bytes. Valid from before any clock that was lost.
MAKE_UPDATE_KEY = """
openssl req -x509 -newkey rsa:4096 -sha256 -noenc -keyout /keys/update.key -out /keys/update.pem \
    -not_before 20250101000000Z -not_after 20550101000000Z -subj "/O=Oyez/CN=Oyez development, made where it is used" \
    -addext "keyUsage=critical,digitalSignature,keyCertSign" -addext "basicConstraints=critical,CA:true" \
    -addext "extendedKeyUsage=critical,emailProtection,codeSigning"
chmod 600 /keys/update.key
"""
MAKE_RELEASE_KEY = "minisign -G -W -s /keys/release.key -p /keys/release.pub >/dev/null && chmod 600 /keys/release.key"


def provide(folder: Path, tools: Tools) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o700)
    if not (folder / "update.key").exists():
        say(f"making a development key in {folder}: devices of this build take updates signed with it, and no others")
        tools.run(["sh", "-euc", MAKE_UPDATE_KEY], log="keys.log", binds={folder: "/keys"})
    if not (folder / "release.key").exists():
        tools.run(["sh", "-euc", MAKE_RELEASE_KEY], log="keys.log", binds={folder: "/keys"})


def lay_keyring(folder: Path, production: Path, tree: Path) -> None:
    """production: a folder of certificates that belong to the project."""
    certificates = [folder / "update.pem", *sorted(production.glob("*.pem"))]
    target = tree / "usr/share/oyez/update-keys.pem"
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text("".join(path.read_text() for path in certificates))
    shutil.copymode(certificates[0], target)
    target.chmod(0o644)
