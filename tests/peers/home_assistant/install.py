"""Installs Home Assistant: `python -m tests.peers.home_assistant.install`.

It wants Python 3.14, which Debian 12 and 13 do not have: it gets a Debian root of its own, whose Python is new enough.
The version is pinned; it pins its own hundred dependencies itself, each to one version.
"""

import sys
from pathlib import Path

from tests.peers.environments import Environment, install_all, run
from tests.peers.home_assistant import debian_root

HERE = Path(__file__).parent
PIN = HERE / "pins" / "home-assistant.txt"
SUITE = "forky"
PACKAGES = ("ca-certificates", "python3", "python3-venv", "python3-dev", "gcc", "g++", "libc6-dev", "libturbojpeg0",
            "tzdata")  # fmt: skip
INTEGRATIONS = ("api", "automation", "config", "conversation", "frontend", "input_boolean", "mcp_server", "mqtt",
                "notify", "onboarding", "system_log", "template", "websocket_api")  # fmt: skip
VENV = "/srv/ha"
PYTHON = f"{VENV}/bin/python"


def root_of(environment: Environment) -> Path:
    return environment.folder / "root"


def fill(environment: Environment) -> None:
    root = root_of(environment)
    environment.folder.mkdir()
    debian_root.make(root, SUITE, PACKAGES)
    debian_root.go_online(root)

    def do(*words: str) -> str:
        names = {"SSL_CERT_FILE": "/etc/ssl/certs/ca-certificates.crt", **debian_root.proxies()}
        return run(debian_root.inside(root, words, environment=names))

    install = [f"{VENV}/bin/uv", "pip", "install", "--quiet", "--no-cache", "--python", PYTHON]
    do("python3", "-m", "venv", VENV)
    do(PYTHON, "-m", "pip", "install", "--quiet", "--no-cache-dir", "uv")
    do(*install, PIN.read_text().strip())
    (root / "srv/requirements.py").write_text((HERE / "requirements.py").read_text())
    (root / "srv/requirements.txt").write_text(do(PYTHON, "/srv/requirements.py", *INTEGRATIONS))
    (constraints,) = (root / VENV[1:]).glob("lib/python3.*/site-packages/homeassistant/package_constraints.txt")
    do(*install, "-c", f"/{constraints.relative_to(root)}", "-r", "/srv/requirements.txt")
    debian_root.go_offline(root)


HOME_ASSISTANT = Environment(
    "home-assistant", (PIN, HERE / "install.py", HERE / "requirements.py", HERE / "debian_root.py"), fill
)
PEERS = {"home-assistant": HOME_ASSISTANT}

if __name__ == "__main__":
    install_all(PEERS, sys.argv[1:])
