"""Installs Node-RED: `python -m tests.peers.node_red.install`. Version 4 is the last that runs on Node.js 20."""

import sys
from pathlib import Path

from tests.peers.environments import Environment, install_all, node_packages

PINS = Path(__file__).parent / "pins"
NODE_RED = Environment("node-red", (PINS / "package.json", PINS / "package-lock.json"), node_packages)
PEERS = {"node-red": NODE_RED}

if __name__ == "__main__":
    install_all(PEERS, sys.argv[1:])
