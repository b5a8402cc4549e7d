"""The backend as a real process with one device, before a double of its upstream, or before another."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from oyez.session.token_source import TokenSource
from tests.doubles.processes import Process, running
from tests.doubles.upstream import Upstream, upstream

LONG_LIVED = "sk-the-long-lived-key"
BACKEND = [sys.executable, "-m", "oyez_backend"]


@dataclass
class House:
    """A backend with one device, `kitchen`, and its upstream."""

    backend: Process
    upstream: Upstream
    http: httpx.AsyncClient
    url: str
    data: Path
    key: str

    async def ask(self, key: str | None = None, **request: Any) -> httpx.Response:
        headers = {"Authorization": f"Bearer {self.key if key is None else key}", **request.pop("headers", {})}
        return await self.http.post(f"{self.url}/v1/{request.pop('path', 'token')}", headers=headers, **request)

    def source(self) -> TokenSource:
        return TokenSource(self.http, self.url, self.key, {"audio": {"output": {"voice": "marin"}}}, 60.0)


async def command(*words: str | Path, env: dict[str, str] | None = None) -> tuple[int, str, str]:
    """Exit code, stdout and stderr of a backend command that ends by itself."""
    process = await asyncio.create_subprocess_exec(
        *BACKEND, *map(str, words), env={**os.environ, **(env or {})}, stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    out, err = await asyncio.wait_for(process.communicate(), 20)
    return process.returncode or 0, out.decode(), err.decode()


async def added(data: Path, name: str) -> str:
    code, out, _ = await command("device", "add", name, "--data", data)
    assert code == 0
    return out.strip()


@asynccontextmanager
async def house(tmp_path: Path, settings: str = "", port: int = 0, upstream_url: str = "") -> AsyncIterator[House]:
    data = tmp_path / "data"
    key = await added(data, "kitchen")
    async with upstream() as far, httpx.AsyncClient(timeout=10) as http:
        config = tmp_path / "backend.toml"
        config.write_text(f'upstream_url = "{upstream_url or far.url}"\nupstream_timeout_s = 0.5\n{settings}')
        serve = [*BACKEND, "serve", "--config", config, "--data", data, "--port", str(port)]
        async with running(serve, ready="listening on", env={"OPENAI_API_KEY": LONG_LIVED}) as backend:
            url = (await backend.line("listening on")).removeprefix("listening on ")
            yield House(backend, far, http, url, data, key)
            assert LONG_LIVED not in "\n".join(backend.lines), "the long-lived key was printed"
            assert "ek_secret" not in "\n".join(backend.lines), "a token was printed"
            assert key not in "\n".join(backend.lines), "a device key was printed"


def error(response: httpx.Response) -> dict[str, Any]:
    assert LONG_LIVED not in response.text
    body: dict[str, Any] = response.json()["error"]
    return body
