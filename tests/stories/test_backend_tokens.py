"""Tokens of other kinds: for captions, by the older paths, and before a server that really opens sessions."""

import re
import sys
from pathlib import Path

import pytest
from openai import AsyncOpenAI, PermissionDeniedError
from openai.types.beta.realtime import SessionCreateResponse, TranscriptionSession

from oyez_realtime import session_objects as ours
from oyez_realtime.client import RealtimeClient
from oyez_realtime.rest import create_session, create_transcription_session
from tests.doubles.backend import LONG_LIVED, added, error, house
from tests.doubles.processes import running


async def test_a_device_gets_a_token_for_captions_whose_address_names_no_model(tmp_path: Path) -> None:
    """The keeper's transcription defaults, the intent in the address; a device that may not have it is told so."""
    settings = '[transcription.audio.input.transcription]\nlanguage = "de"\n[devices.attic]\nsessions = ["realtime"]\n'
    async with house(tmp_path, settings) as h:
        token = (await h.ask(json={"session": {"type": "transcription"}})).json()
        assert token["realtime_url"] == h.upstream.url.replace("http", "ws") + "/realtime?intent=transcription"
        assert token["model"] == ""
        heard = {"input": {"transcription": {"model": "gpt-transcribe", "language": "de"}}}
        assert h.upstream.requests[0].body["session"] == {"type": "transcription", "audio": heard}
        attic = await added(h.data, "attic")
        refused = await h.ask(attic, json={"session": {"type": "transcription"}})
        assert (refused.status_code, error(refused)["code"]) == (403, "session_not_allowed")
        assert (await h.ask(attic)).status_code == 200


async def test_the_older_paths_take_and_give_flat_sessions_with_the_token_inside(tmp_path: Path) -> None:
    """As clients of the beta know them, and as the service's own library reads them; bounds and rights are the same."""
    settings = 'tokens_burst = 20\ntoken_lifetime_s = 120\nallowed_models = ["gpt-realtime-2.1"]\n'
    settings += "[devices.attic]\nsessions = []\n"
    async with house(tmp_path, settings) as h:
        flat = {
            "voice": "marin",
            "modalities": ["audio", "text"],
            "input_audio_format": "g711_ulaw",
            "temperature": 0.8,
        }
        life = {"expires_after": {"anchor": "created_at", "seconds": 60}}
        response = await h.ask(path="realtime/sessions", json={**flat, "temperature": 0.8, "client_secret": life})
        assert response.status_code == 200
        parsed = SessionCreateResponse.model_validate(response.json())
        assert (parsed.client_secret.value, parsed.client_secret.expires_at) == ("ek_secret0001", 1_000_060)
        assert (parsed.voice, parsed.input_audio_format, parsed.modalities) == ("marin", "g711_ulaw", ["audio", "text"])
        assert (response.json()["object"], response.json()["model"]) == ("realtime.session", "gpt-realtime-2.1")
        seen = h.upstream.requests[0]
        assert seen.path == "/v1/realtime/client_secrets", "the upstream is asked in today's way"
        assert seen.body["session"]["audio"]["input"] == {"format": {"type": "audio/pcmu"}}
        wish = {"input_audio_transcription": {"model": "whisper-1"}, "turn_detection": None}
        response = await h.ask(path="realtime/transcription_sessions", json=wish)
        captions = TranscriptionSession.model_validate(response.json())
        assert captions.client_secret.expires_at == 1_000_120
        assert captions.input_audio_transcription is not None
        assert captions.input_audio_transcription.model == "whisper-1"
        assert response.json()["turn_detection"] is None
        for request_, status, code in [
            ({"json": {"model": "dear"}}, 403, "model_not_allowed"),
            ({"json": {"voise": "x"}}, 400, "invalid_session"),
            ({"json": {"speed": 9}}, 400, "invalid_session"),
            ({"json": {"client_secret": {"expires_after": {"seconds": 9}}}}, 400, "invalid_request"),
            ({"json": {"client_secret": {"x": {}}}}, 400, "invalid_request"),
            ({"content": b"[]"}, 400, "invalid_request"),
        ]:
            refused = await h.ask(path="realtime/sessions", **request_)
            assert (refused.status_code, error(refused)["code"]) == (status, code)
        assert (await h.ask("x", path="realtime/sessions")).status_code == 401
        attic = await added(h.data, "attic")
        assert error(await h.ask(attic, path="realtime/sessions"))["code"] == "session_not_allowed"


async def test_the_services_own_library_gets_a_client_secret(tmp_path: Path) -> None:
    """Today's path in today's shape, by the device's key: typed by the SDK, within the keeper's bounds and rights."""
    settings = 'tokens_burst = 20\ntoken_lifetime_s = 120\nallowed_models = ["gpt-realtime-2.1"]\n'
    async with house(tmp_path, settings) as h, AsyncOpenAI(base_url=f"{h.url}/v1", api_key=h.key) as sdk:
        mint = sdk.realtime.client_secrets.create
        secret = await mint(expires_after={"anchor": "created_at", "seconds": 60}, session={"type": "realtime"})
        assert (secret.value, secret.expires_at) == ("ek_secret0001", 1_000_060)
        assert secret.session.type == "realtime"
        assert h.upstream.requests[0].body["session"]["model"] == "gpt-realtime-2.1"
        captions = await mint(expires_after={"seconds": 7200}, session={"type": "transcription"})
        assert captions.expires_at == 1_000_120, "no wish lengthens a life"
        assert captions.session.type == "transcription"
        with pytest.raises(PermissionDeniedError, match="not allowed by this backend"):
            await mint(session={"type": "realtime", "model": "dear"})
        for body in ({"expires_after": {"seconds": 9}}, {"expires_after": {"anchor": "now"}}, {"life": 1}):
            refused = await h.ask(path="realtime/client_secrets", json=body)
            assert (refused.status_code, error(refused)["code"]) == (400, "invalid_request")


async def test_a_token_of_the_older_path_opens_a_session_of_a_real_server(tmp_path: Path) -> None:
    """The backend before `oyez-local`: conversation by the older path, captions by today's; and our library beside."""
    local = [sys.executable, "-m", "oyez_local", "serve", "--port", "0", "--api-key", LONG_LIVED]
    async with running(local, ready="listening on", ready_timeout_s=90) as server:
        found = re.search(r"http://(127\.0\.0\.1:\d+)", "\n".join(server.lines))
        assert found is not None
        async with house(tmp_path, "", upstream_url=f"http://{found[1]}/v1") as h:
            nested = (await h.ask(path="realtime/sessions", json={"instructions": "be brief"})).json()
            async with RealtimeClient() as client:
                secret = nested["client_secret"]["value"]
                await client.connect(f"ws://{found[1]}/v1/realtime?model=gpt-realtime", secret)
                assert isinstance(client.protocol.session, ours.RealtimeSession)
                assert client.protocol.session.instructions == "be brief"
            for create, kind in (
                (create_session, ours.RealtimeSession),
                (create_transcription_session, ours.TranscriptionSession),
            ):
                ours_direct = await create(h.http, f"http://{found[1]}/v1", LONG_LIVED)
                assert isinstance(ours_direct.session, kind)
            token = (await h.ask(json={"session": {"type": "transcription"}})).json()
            async with RealtimeClient() as client:
                await client.connect(token["realtime_url"], token["value"])
                assert isinstance(client.protocol.session, ours.TranscriptionSession)
