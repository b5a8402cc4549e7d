"""Installs the servers of other people: `python -m tests.peers.servers.install [NAME ...]`."""

import sys
from pathlib import Path

from tests.peers.environments import Environment, install_all, node_packages, python_packages

PINS = Path(__file__).parent / "pins"

# speech-to-speech comes without its dependencies, which are gigabytes of models' frameworks: its protocol engine needs
# none of them.
SERVERS = {
    "aimock": Environment(
        "aimock", (PINS / "aimock" / "package.json", PINS / "aimock" / "package-lock.json"), node_packages
    ),
    "speech-to-speech": Environment("speech-to-speech", (PINS / "speech-to-speech.txt",), python_packages("--no-deps")),
}

if __name__ == "__main__":
    install_all(SERVERS, sys.argv[1:])
