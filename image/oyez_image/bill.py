"""The bill of materials: every package of Debian, wheel and firmware on the card, with its licences, as CycloneDX 1.6.

Reads the tree; decides nothing else. Licences of Debian's packages are the names that their machine-readable copyright
files use; the files themselves are on the device under /usr/share/doc.
"""

import re
import uuid
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.parser import HeaderParser
from pathlib import Path
from typing import Any

from oyez_image.recipe import SUITE

_LICENCE = re.compile(r"^License:[ \t]*(\S[^\n]*)", re.MULTILINE)
_NAMESPACE = uuid.uuid5(uuid.NAMESPACE_URL, "oyez/bill-of-materials")


@dataclass(frozen=True, slots=True)
class Part:
    name: str
    version: str
    purl: str
    """Package URL."""
    licences: tuple[str, ...]


def stanzas(text: str) -> Iterator[Mapping[str, str]]:
    """Of dpkg's status file, or of a package's control file."""
    for block in text.split("\n\n"):
        if block.strip():
            yield dict(HeaderParser().parsestr(block).items())


def licences(copyright_file: str) -> tuple[str, ...]:
    """Empty: the file is not machine-readable."""
    return tuple(sorted({found.strip() for found in _LICENCE.findall(copyright_file)}))


def debian_part(control: Mapping[str, str], documents: Path) -> Part:
    """documents: usr/share/doc of where it is unpacked."""
    name, version, architecture = control["Package"], control["Version"], control["Architecture"]
    try:
        found = licences((documents / name / "copyright").read_text(errors="replace"))
    except OSError:
        found = ()
    purl = f"pkg:deb/debian/{name}@{_quoted(version)}?arch={architecture}&distro={SUITE}"
    return Part(name, version, purl, found)


def debian_parts(status: str, documents: Path) -> list[Part]:
    installed = [entry for entry in stanzas(status) if entry.get("Status", "").endswith(" installed")]
    return [debian_part(entry, documents) for entry in installed]


def wheel_part(metadata: str) -> Part:
    """metadata: the METADATA of an installed distribution."""
    fields = HeaderParser().parsestr(metadata)
    name, version = str(fields["Name"]), str(fields["Version"])
    said = fields["License-Expression"] or _one_line(fields["License"]) or _classified(fields.get_all("Classifier", []))
    canonical = re.sub(r"[-_.]+", "-", name).lower()
    return Part(name, version, f"pkg:pypi/{canonical}@{_quoted(version)}", (str(said),) if said else ())


def wheel_parts(packages: Path) -> list[Part]:
    """packages: site-packages."""
    return [wheel_part(path.read_text(errors="replace")) for path in sorted(packages.glob("*.dist-info/METADATA"))]


def document(version: str, commit: str, epoch_s: int, parts: Iterable[Part]) -> dict[str, Any]:
    """The same parts give the same document."""
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": f"urn:uuid:{uuid.uuid5(_NAMESPACE, f'{version} {commit}')}",
        "version": 1,
        "metadata": {
            "timestamp": datetime.fromtimestamp(epoch_s, UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
            "component": {
                "type": "operating-system",
                "bom-ref": "oyez-image",
                "name": "oyez",
                "version": version,
                "licenses": [{"license": {"id": "Apache-2.0"}}],
                "properties": [{"name": "commit", "value": commit}],
            },
        },
        "components": [_component(part) for part in sorted(set(parts), key=lambda part: part.purl)],
    }


def _component(part: Part) -> dict[str, Any]:
    component: dict[str, Any] = {
        "type": "library",
        "bom-ref": part.purl,
        "name": part.name,
        "version": part.version,
        "purl": part.purl,
    }
    if part.licences:
        component["licenses"] = [{"license": {"name": name}} for name in part.licences]
    return component


def _quoted(version: str) -> str:
    return version.replace("+", "%2B").replace(":", "%3A").replace("~", "%7E")


def _one_line(licence: str | None) -> str:
    """Some put the whole text there."""
    return licence.strip() if licence and "\n" not in licence.strip() and len(licence) < 100 else ""


def _classified(classifiers: Iterable[str]) -> str:
    names = [line.rpartition(" :: ")[2] for line in classifiers if line.startswith("License :: ")]
    return " or ".join(name for name in names if name != "OSI Approved")
