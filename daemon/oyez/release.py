"""Which version of Oyez this is. Pure."""

from importlib.metadata import PackageNotFoundError, version


def installed_version() -> str:
    try:
        return version("oyez")
    except PackageNotFoundError:
        return "unknown"
