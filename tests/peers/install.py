"""Installs the clients of other people: `python -m tests.peers.install [NAME ...]`."""

import sys
from pathlib import Path

from tests.peers.environments import Environment, install_all, node_packages, python_packages

PINS = Path(__file__).parent / "pins"
PYTHON_PEERS = ("openai", "openai-agents", "pipecat", "livekit")
NODE_PEERS = ("npm-openai", "npm-agents")

PEERS = {
    name: Environment(name, (PINS / f"{name}.lock",), python_packages("--require-hashes")) for name in PYTHON_PEERS
}
PEERS |= {
    name: Environment(name, (PINS / name / "package.json", PINS / name / "package-lock.json"), node_packages)
    for name in NODE_PEERS
}

if __name__ == "__main__":
    install_all(PEERS, sys.argv[1:])
