"""HTTP requests of tools: sent as they were decided, answered with so much as is worth reading.

Certificates are verified. A redirect is followed only to where the owner pointed: same scheme, host and port. Cookies
are not kept.
"""

import json
import ssl
from collections.abc import Mapping
from typing import Any

import httpx

from oyez.config import HomeAssistant
from oyez.errors import ConfigError
from oyez.home.source import Answered
from oyez.home.tools import HOME_ASSISTANT, Fetch
from oyez.secret import Secret
from oyez_realtime.tools import as_text

LARGEST_BYTES = 64 * 1024
"""Of an answer; what is behind it is not read."""
MOST_REDIRECTS = 3
LONGEST_COMPLAINT = 300
"""Characters of what a server says of its refusal."""


class Fetcher:
    """Loop only. Raises ConfigError where Home Assistant's authority cannot be read."""

    def __init__(
        self, http: httpx.AsyncClient, secrets: Mapping[str, Mapping[str, Secret]], home: HomeAssistant
    ) -> None:
        """secrets: values of headers by their names, by whose they are (see `Fetch.secrets`)."""
        self._http, self._secrets = http, secrets
        self._home_http = _trusting(home.ca_file) if home.ca_file else http

    async def fetch(self, what: Fetch) -> Answered:
        """Never raises for what a server does."""
        where = httpx.URL(what.url).host
        try:
            status, body = await self._send(what)
        except httpx.TimeoutException:
            return Answered.failed(f"{where} did not answer in time; whether it was done is not known.")
        except (httpx.ConnectError, httpx.ConnectTimeout) as error:
            return Answered.failed(f"{where} cannot be reached ({error or type(error).__name__}), so nothing was done.")
        except httpx.HTTPError as error:
            sentence = f"{where} broke off ({error or type(error).__name__}); whether it was done is not known."
            return Answered.failed(sentence)
        except (httpx.InvalidURL, ValueError) as error:  # a redirect to what is no address
            return Answered.failed(f"{where} answered what cannot be used ({error}); whether it was done is not known.")
        if status >= 300:
            return Answered.failed(_refusal(what, where, status, body))
        if what.reads == "speech":
            return _speech(body)
        return Answered.well(what.answer or as_text(body) or "Done.")

    async def _send(self, what: Fetch) -> tuple[int, str]:
        http = self._home_http if what.secrets == HOME_ASSISTANT else self._http
        method, url, body = what.method, httpx.URL(what.url), what.body
        headers = {name: value.reveal() for name, value in self._secrets.get(what.secrets, {}).items()}
        headers = {**what.headers, **headers, "Accept-Encoding": "identity"}
        for _ in range(MOST_REDIRECTS + 1):
            sent = {**headers, "Content-Type": "application/json"} if body is not None else headers
            http.cookies.clear()
            request = http.build_request(method, url, headers=sent, content=body)
            response = await http.send(request, stream=True, follow_redirects=False)
            try:
                text = await _bounded(response)
            finally:
                await response.aclose()
            target = url.join(response.headers.get("location", "")) if response.has_redirect_location else url
            if not response.has_redirect_location or not _same_place(url, target):
                return response.status_code, text
            if response.status_code in (301, 302, 303) and method != "GET":
                method, body = "GET", None
            url = target
        return response.status_code, text

    async def aclose(self) -> None:
        """Ends what it has opened itself."""
        if self._home_http is not self._http:
            await self._home_http.aclose()


def _trusting(ca_file: str) -> httpx.AsyncClient:
    try:
        return httpx.AsyncClient(verify=ssl.create_default_context(cafile=ca_file))
    except (OSError, ssl.SSLError) as error:
        raise ConfigError([f"home_assistant.ca_file: {ca_file} cannot be used ({error}): name a PEM file."]) from None


def _same_place(one: httpx.URL, other: httpx.URL) -> bool:
    return (one.scheme, one.host, one.port) == (other.scheme, other.host, other.port)


async def _bounded(response: httpx.Response) -> str:
    """Raw bytes, so that nothing small unpacks to something large."""
    if (packed := response.headers.get("content-encoding", "identity")) != "identity":
        return f"The answer is packed ({packed[:20]}) and was not read."
    body = b""
    async for chunk in response.aiter_raw():
        body += chunk
        if len(body) >= LARGEST_BYTES:
            break
    try:
        return body[:LARGEST_BYTES].decode(response.charset_encoding or "utf-8", "replace")
    except LookupError:
        return body[:LARGEST_BYTES].decode("utf-8", "replace")


def _refusal(what: Fetch, where: str, status: int, body: str) -> str:
    if status < 400:
        return f"{where} points elsewhere (HTTP {status}), where the configuration does not, so nothing was done."
    if what.secrets == HOME_ASSISTANT and status in (401, 403):
        return (
            "Home Assistant refuses this device, so nothing was done: it needs a long-lived access token that is valid."
        )
    said = " ".join(body.split())[:LONGEST_COMPLAINT]
    return f"{where} refused it (HTTP {status}), so it was not done{f': {said}' if said else '.'}"


def _speech(body: str) -> Answered:
    """Of `POST /api/conversation/process`."""
    try:
        response: Any = json.loads(body)["response"]
        said = str(response["speech"]["plain"]["speech"]).strip()
        failed = response.get("response_type") == "error"
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return Answered.failed("Home Assistant's answer cannot be read; whether it was done is not known.")
    return Answered(as_text(said or "Done."), "failed" if failed else "ok")
