"""A house whose backend answers the telephone: the backend a real process, its upstream REST and sideband doubles."""

import json
import os
import sys
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

import httpx

from oyez_backend.device_store import DeviceStore
from oyez_realtime.webhooks import sign, signing_secret
from tests.doubles.processes import Process, running
from tests.doubles.scripted_realtime import SESSION_CREATED, Emit, ScriptedServer, Step, scripted_realtime
from tests.doubles.upstream import Upstream, upstream

LONG_LIVED = "sk-the-long-lived-key"
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
CALLER = "+493012345"
OPENED = Emit(SESSION_CREATED)

TOOLS = '''
from oyez_realtime.tools import ToolRegistry

registry = ToolRegistry()


@registry.tool
def light(room: str, on: bool) -> str:
    """Switch a light."""
    return f"the light in the {room} is {'on' if on else 'off'}"


@registry.tool
def door() -> str:
    """Open the front door."""
    return "open"
'''


def usage(audio_tokens: int) -> dict[str, Any]:
    """Of a response; 64 dollars a million."""
    details = {"audio_tokens": audio_tokens, "text_tokens": 0}
    return {"input_tokens": 0, "output_tokens": audio_tokens, "output_token_details": details}


def begun(response_id: str, **fields: Any) -> Emit:
    return Emit({"type": "response.created", "event_id": "e", "response": {"id": response_id, **fields}})


def done(response_id: str, *output: dict[str, Any], tokens: int = 1) -> Emit:
    response = {"id": response_id, "status": "completed", "output": list(output), "usage": usage(tokens)}
    return Emit({"type": "response.done", "event_id": "e", "response": response})


def playing(response_id: str, what: str) -> Emit:
    """what: started, stopped"""
    return Emit({"type": f"output_audio_buffer.{what}", "event_id": "e", "response_id": response_id})


def tool_call(call_id: str, name: str, arguments: dict[str, Any]) -> dict[str, Any]:
    return {"type": "function_call", "call_id": call_id, "name": name, "arguments": json.dumps(arguments)}


@dataclass
class Telephone:
    backend: Process
    upstream: Upstream
    sideband: ScriptedServer
    http: httpx.AsyncClient
    url: str
    data: Path
    keys: dict[str, str]
    """Of the devices kitchen, desk (an operator) and attic (neither)."""
    _ids: Any = field(default_factory=lambda: count(1))

    async def rings(
        self, call_id: str = "rtc_1", caller: str = f"sip:{CALLER}@trunk.test", **changed: Any
    ) -> httpx.Response:
        headers = [{"name": "From", "value": caller}, {"name": "To", "value": "sip:us@trunk.test"}]
        event = {"id": "evt_1", "type": "realtime.call.incoming", "data": {"call_id": call_id, "sip_headers": headers}}
        return await self.webhook(json.dumps(event).encode(), **changed)

    async def webhook(
        self, body: bytes, *, webhook_id: str = "", age_s: int = 0, secret: str = SECRET, **headers: str
    ) -> httpx.Response:
        webhook_id, at = webhook_id or f"wh_{next(self._ids)}", str(int(time.time()) - age_s)
        signed = {
            "webhook-id": webhook_id,
            "webhook-timestamp": at,
            "webhook-signature": sign(signing_secret(secret), webhook_id, at, body),
        }
        return await self.http.post(f"{self.url}/v1/calls/incoming", content=body, headers={**signed, **headers})

    async def order(
        self, order: str, device: str = "kitchen", call_id: str = "rtc_1", **request: Any
    ) -> httpx.Response:
        """hangup, refer or reject"""
        return await self.http.post(f"{self.url}/v1/calls/{call_id}/{order}", headers=self.key(device), **request)

    async def live(self, device: str = "kitchen") -> list[dict[str, Any]]:
        response = await self.http.get(f"{self.url}/v1/calls", headers=self.key(device))
        assert response.status_code == 200, response.text
        calls: list[dict[str, Any]] = response.json()["calls"]
        return calls

    def key(self, device: str) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.keys[device]}"}

    async def audited(self, what: str, after: int = 0) -> dict[str, Any]:
        line = await self.backend.line(f'"audit":"{what}"', after=after)
        entry: dict[str, Any] = json.loads(line[line.index("{") :])
        return entry


@asynccontextmanager
async def telephone(tmp_path: Path, settings: str, *scripts: Sequence[Step]) -> AsyncIterator[Telephone]:
    """settings: under `[calls]`. Fails when a secret or a caller's number was printed."""
    data = tmp_path / "data"
    store = DeviceStore(data, time.time)
    keys = {name: store.add(name).reveal() for name in ("kitchen", "desk", "attic")}
    (tmp_path / "house_tools.py").write_text(TOOLS)
    async with (
        upstream() as far,
        scripted_realtime(*scripts) as sideband,
        httpx.AsyncClient(timeout=20) as http,
    ):
        config = tmp_path / "backend.toml"
        config.write_text(
            f'upstream_url = "{far.url}"\nupstream_timeout_s = 5\n[calls]\ndevice = "kitchen"\noperators = ["desk"]\n'
            f'allow = ["+4930*"]\nsideband_url = "{sideband.url.partition("?")[0]}"\n{settings}'
        )
        serve: list[str | Path] = [
            sys.executable,
            "-m",
            "oyez_backend",
            "serve",
            "--config",
            config,
            "--data",
            data,
            "--port",
            "0",
        ]
        path = os.pathsep.join([str(tmp_path), os.environ.get("PYTHONPATH", "")])
        env = {"OPENAI_API_KEY": LONG_LIVED, "OPENAI_WEBHOOK_SECRET": SECRET, "PYTHONPATH": path}
        async with running(serve, ready="listening on", env=env) as backend:
            url = (await backend.line("listening on")).removeprefix("listening on ")
            yield Telephone(backend, far, sideband, http, url, data, keys)
            printed = "\n".join(backend.lines)
            for secret in (LONG_LIVED, SECRET[6:], CALLER, *keys.values()):
                assert secret not in printed, "a secret, or who rang, was printed"
            assert "Traceback" not in printed
