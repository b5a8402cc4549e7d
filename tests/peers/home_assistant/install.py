"""Installs Home Assistant: `python -m tests.peers.home_assistant.install`.

It wants Python 3.14, which Debian 12 and 13 do not have: it gets a Debian root of its own, whose Python is new enough.
The version is pinned; it pins its own hundred dependencies itself, each to one version.
"""

import sys
import tomllib
from pathlib import Path

from tests.peers.environments import Environment, install_all, node_packages, run
from tests.peers.home_assistant import debian_root

HERE = Path(__file__).parent
PIN = HERE / "pins" / "home-assistant.toml"
VENV = "/srv/ha"
PYTHON = f"{VENV}/bin/python"


def root_of(environment: Environment) -> Path:
    return environment.folder / "root"


def fill(environment: Environment) -> None:
    root, pin = root_of(environment), tomllib.loads(PIN.read_text())
    environment.folder.mkdir()
    debian_root.make(root, pin["suite"], pin["packages"])
    debian_root.go_online(root)

    def do(*words: str) -> str:
        names = {"SSL_CERT_FILE": "/etc/ssl/certs/ca-certificates.crt", **debian_root.proxies()}
        return run(debian_root.inside(root, words, environment=names))

    install = [f"{VENV}/bin/uv", "pip", "install", "--quiet", "--no-cache", "--python", PYTHON]
    do("python3", "-m", "venv", VENV)
    do(PYTHON, "-m", "pip", "install", "--quiet", "--no-cache-dir", "uv")
    do(*install, f"homeassistant=={pin['version']}")
    (root / "srv/requirements.py").write_text((HERE / "requirements.py").read_text())
    (root / "srv/requirements.txt").write_text(do(PYTHON, "/srv/requirements.py", *pin["integrations"]))
    (constraints,) = (root / VENV[1:]).glob("lib/python3.*/site-packages/homeassistant/package_constraints.txt")
    do(*install, "-c", f"/{constraints.relative_to(root)}", "-r", "/srv/requirements.txt")
    debian_root.go_offline(root)


HOME_ASSISTANT = Environment("home-assistant", (PIN, HERE / "requirements.py"), fill)
PICTURE = "picture.mjs"
BROWSER = Environment(
    "home-assistant-browser",
    (HERE / "pins/browser/package.json", HERE / "pins/browser/package-lock.json", HERE / PICTURE),
    node_packages,
)
"""What drives Chromium for the picture in the documentation; Chromium itself is the system's."""
PEERS = {"home-assistant": HOME_ASSISTANT}

if __name__ == "__main__":
    install_all(PEERS, sys.argv[1:])
