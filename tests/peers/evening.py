"""One peer's conversation with a real oyez-local, and what both sides say of it afterwards."""

import json
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from oyez_local.recogniser import MoonshineRecogniser
from tests.doubles.processes import Process, running
from tests.doubles.speech import RATE_HZ, say
from tests.peers.environments import ROOT
from tests.peers.install import NODE_PEERS, PEERS

KEY = "sk-peers"
SPEECH = {
    "who": "Who are you?",
    "light": "Turn on the kitchen light, please.",
    "story": "Tell me a long story.",
    "sum": "What is two plus three?",
}
"""What the user says, by the names that the drivers know."""
DRIVERS = {
    "openai": "openai_sdk",
    "openai-agents": "openai_agents",
    "pipecat": "pipecat_pipeline",
    "livekit": "livekit_agent",
    "npm-openai": "npm_openai.mjs",
    "npm-agents": "npm_agents.mjs",
}
SECURE_PEERS = ("npm-openai",)
"""They refuse to speak anything but wss."""
CLIENTS = Path(__file__).parent / "clients"
PATIENCE_S = 150.0
ROOM_PEAK = 8
"""-72 dB of full scale."""


@dataclass
class Evening:
    """report: the driver's own (`clients/stage.py`). log: the server's lines. out: where the replies' sound lies."""

    report: dict[str, Any]
    log: Path
    out: Path

    def lines(self, direction: str, kind: str) -> list[dict[str, Any]]:
        """The server's log lines of one type of event; direction: of the server, in or out."""
        lines = (json.loads(line) for line in self.log.read_text().splitlines())
        return [line for line in lines if line["direction"] == direction and line["type"] == kind]

    def understood(self, number: int) -> str:
        """What a recogniser hears in the sound that the peer got as its reply of that number, from 1."""
        sound = (self.out / self.report["replies"][number - 1]["sound"]).read_bytes()
        return plain(_recogniser().transcribe(np.frombuffer(sound, dtype=np.int16), RATE_HZ))


@cache
def _recogniser() -> MoonshineRecogniser:
    return MoonshineRecogniser()


def plain(text: str) -> str:
    """Lower-case words without punctuation."""
    return " ".join(re.findall(r"[a-z0-9']+", text.lower()))


def write_speech(place: Path) -> None:
    """The user's sentences as int16 mono 24 kHz, one raw file each, and a tenth of a second of a quiet room."""
    room = np.random.default_rng(1).integers(-ROOM_PEAK, ROOM_PEAK, RATE_HZ // 10, dtype=np.int16)
    (place / "room.pcm").write_bytes(room.tobytes())
    for name, text in SPEECH.items():
        (place / f"{name}.pcm").write_bytes(np.concatenate([room, say(text)[0]]).tobytes())


async def hold(peer: str, place: Path) -> Evening:
    """Starts the server and the peer's driver; returns when the driver has told what happened."""
    log, speech, out = place / "events.jsonl", place / "speech", place / "out"
    speech.mkdir()
    out.mkdir()
    write_speech(speech)
    command: list[str | Path] = [
        sys.executable,
        "-m",
        "oyez_local",
        "serve",
        "--port",
        "0",
        "--api-key",
        KEY,
        "--log-events",
        log,
    ]
    environment = {"PYTHONDONTWRITEBYTECODE": "1"}
    if peer in SECURE_PEERS:
        certificate, key = _certificate(place)
        command += ["--tls-cert", certificate, "--tls-key", key]
        environment["NODE_EXTRA_CA_CERTS"] = str(certificate)
    async with running(command, ready="listening on") as server:
        url = (await server.line("listening on")).split()[-1]
        driver = Process([*_driver(peer), url, KEY, speech, out], cwd=ROOT, env=environment)
        await driver.start()
        try:
            line = await driver.line('"replies":', timeout_s=PATIENCE_S)
        finally:
            await driver.kill()
    (place / "driver.log").write_text("\n".join(driver.lines))
    return Evening(json.loads(line), log, out)


def _certificate(place: Path) -> tuple[Path, Path]:
    """A certificate for 127.0.0.1 that nobody but the peer is told to trust, and its key."""
    certificate, key = place / "certificate.pem", place / "key.pem"
    subject = ["-subj", "/CN=oyez-local", "-addext", "subjectAltName=IP:127.0.0.1"]
    kind = ["-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "1"]
    places = ["-keyout", str(key), "-out", str(certificate)]
    subprocess.run(["openssl", "req", *kind, *subject, *places], check=True, capture_output=True)
    return certificate, key


def _driver(peer: str) -> list[str | Path]:
    if peer not in NODE_PEERS:
        return [PEERS[peer].python, "-m", f"tests.peers.clients.{DRIVERS[peer]}"]
    # Node looks for packages beside the program, so the program goes to where they are.
    for path in CLIENTS.glob("*.mjs"):
        shutil.copy(path, PEERS[peer].folder)
    return ["node", PEERS[peer].folder / DRIVERS[peer]]
