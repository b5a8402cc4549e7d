"""What a household would not show: taken from its configuration, so that a report can be searched for it. Pure."""

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from oyez.config import Config, HttpCall

_TELLING = re.compile(
    r"""^\s*["']?(\w*(?:password|token|secret|key|psk)\w*)["']?\s*=\s*["']([^"'\n]+)["']""",
    re.MULTILINE | re.IGNORECASE,
)
_NAMING = re.compile(
    r"""^\s*["']?(\w*(?:host|url|username))["']?\s*=\s*["']([^"'\n]+)["']""", re.MULTILINE | re.IGNORECASE
)


def names_of(config: Config) -> Iterator[str]:
    """Of hosts, people and the device."""
    line, home = config.line, config.home
    urls = [line.backend_url, line.realtime_url, line.local_url, config.home_assistant.url]
    urls += [server.url for server in config.mcp]
    urls += [tool.url for tool in config.tools if isinstance(tool, HttpCall)]
    yield from filter(None, map(_host, urls))
    yield from filter(None, (home.host, home.username, config.device.id, config.device.name))


def names_in(text: str) -> Iterator[str]:
    """Of a configuration that is wrong: nobody knows yet what its values mean."""
    for _, value in _NAMING.findall(text):
        yield _host(value) or value


def secrets_in(text: str) -> Iterator[str]:
    """Values that somebody wrote where only names of files belong. Paths are none."""
    for _, value in _TELLING.findall(text):
        if not value.startswith("/"):
            yield value


def _host(url: str) -> str:
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""
