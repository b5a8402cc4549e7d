"""Addresses as people write them, and in plain words what is wrong with one. Pure.

A kind of value brings its judge along, as `Meta(extra={JUDGE: judge})`; `plain_words.py` asks it. A judge gives the end
of a sentence that begins with the setting's name; empty: nothing is wrong.
"""

import ipaddress
import re
from collections.abc import Collection
from typing import Annotated
from urllib.parse import SplitResult, urlsplit

from msgspec import Meta

JUDGE = "judge"
SECURE = ("mqtts", "ssl", "wss", "https")
BROKER = 'must be the name or the address of your broker alone, such as "homeassistant.local".'
_NAME = re.compile(r"""[^\s/:@?#\[\]"'\\,;=]{1,253}""")
_PORT = re.compile(r":([0-9]{1,5})$")


def broker_judge(host: str) -> str:
    """A name or an IP address; empty: no broker."""
    if not host or _is_host(host):
        return ""
    scheme, _, rest = host.strip().rpartition("://")
    rest = re.split(r"[/?#]", rest.rpartition("@")[2], maxsplit=1)[0]
    port = _PORT.search(rest)
    name = (rest[: port.start()] if port else rest).strip("[]")
    if not _is_host(name):
        return BROKER
    lines = [f'host = "{name}"', *([f"port = {port[1]}"] if port else [])]
    lines += ["tls = true"] if scheme.lower() in SECURE else []
    return (
        f"must be the broker's name or address alone: write {', '.join(lines)}{', each on a line' * (len(lines) > 1)}."
    )


def backend_judge(url: str) -> str:
    """http:// or https://; a path in front of ours is somebody's proxy."""
    if wrong := _judge(url, ("https", "http")):
        return wrong
    parts = urlsplit(url)
    if ours := re.search(r"/v1(/token)?/?$", parts.path):
        return f'ends in {ours[0]}, which the device adds by itself: write "{url[: -len(ours[0])]}".'
    return _no_question(parts)


def home_assistant_judge(url: str) -> str:
    """Empty: there is none. Nothing stands behind its host and port."""
    if not url:
        return ""
    if wrong := _judge(url, ("https", "http")):
        return wrong
    parts = urlsplit(url)
    if parts.path in ("", "/") and not _no_question(parts):
        return ""
    return f'must end behind the host and its port: write "{parts.scheme}://{parts.netloc}".'


def web_judge(url: str) -> str:
    """Anything on the web; empty: nothing."""
    return _judge(url, ("https", "http")) if url else ""


def server_judge(url: str) -> str:
    return _judge(url, ("https", "http"))


def socket_judge(url: str) -> str:
    """ws:// or wss://; empty: none."""
    return _judge(url, ("wss", "ws")) if url else ""


Broker = Annotated[str, Meta(extra={JUDGE: broker_judge})]
Backend = Annotated[str, Meta(extra={JUDGE: backend_judge})]
HomeAssistantAddress = Annotated[str, Meta(extra={JUDGE: home_assistant_judge})]
WebAddress = Annotated[str, Meta(extra={JUDGE: web_judge}, max_length=1000)]
ServerAddress = Annotated[str, Meta(extra={JUDGE: server_judge})]
SocketAddress = Annotated[str, Meta(extra={JUDGE: socket_judge})]


def _judge(url: str, schemes: Collection[str]) -> str:
    """schemes: those that it may have, without and with TLS in the order in which they are named."""
    secure, plain = schemes
    scheme, sign, rest = url.strip().partition("://")
    if not sign:
        wish = f"{plain if _is_near(scheme) else secure}://{scheme}"
        known = f': write "{wish}".' if _split(wish) else "."
        return f"must begin with {secure}:// or {plain}://{known}"
    if scheme not in schemes:
        wish = f"{secure if scheme.lower() in SECURE else plain}://{rest}"
        return f'begins with {scheme[:20]}://: write "{wish}".' if _split(wish) else _no_address(secure)
    return "" if _split(url) else _no_address(secure)


def _no_address(scheme: str) -> str:
    return f'is no address: write it like "{scheme}://oyez.mydomain.net" or "{scheme[:-1]}://192.168.1.5:8700".'


def _no_question(parts: SplitResult) -> str:
    return "must have no ? and no #." if parts.query or parts.fragment else ""


def _split(url: str) -> SplitResult | None:
    """None: it is no address."""
    try:
        parts = urlsplit(url)
        fits = url.isprintable() and " " not in url and _is_host(parts.hostname or "") and parts.port != 0
    except ValueError:
        return None
    return parts if fits else None


def _is_host(text: str) -> bool:
    if _NAME.fullmatch(text) and text.isprintable():
        return True
    try:
        ipaddress.ip_address(text)  # IPv6 has colons
    except ValueError:
        return False
    return True


def _is_near(text: str) -> bool:
    """It looks like something in the house, where hardly anybody has TLS."""
    host = text.partition("/")[0]
    name = _PORT.sub("", host)
    return name != host or "." not in name or name.endswith(".local") or name.replace(".", "").isdigit()
