"""Which version of Oyez this is. Pure but for one small file."""

from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

OS_RELEASE = Path("/etc/os-release")
IMAGE_ID = "oyez"


def installed_version(os_release: Path = OS_RELEASE) -> str:
    """Of the image, on a device that was flashed with one: it is updated as a whole."""
    image = _assignments(os_release)
    if image.get("IMAGE_ID") == IMAGE_ID and image.get("IMAGE_VERSION"):
        return image["IMAGE_VERSION"]
    try:
        return version("oyez")
    except PackageNotFoundError:
        return "unknown"


def _assignments(path: Path) -> dict[str, str]:
    """As os-release(5) has them; its values of letters, digits, `.`, `_` and `-` need no more than their quotes off."""
    try:
        lines = path.read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        return {}
    pairs = (line.partition("=") for line in lines if "=" in line and not line.startswith("#"))
    return {key.strip(): value.strip().strip("\"'") for key, _, value in pairs}
