"""First boot and factory reset under a real systemd, in the units' own sandbox; folders stand for the partitions."""

import time
from collections.abc import Iterator

import pytest

from tests.system.container import Container, ContainerFailed

LAID = """
[device]
id = "kitchen"
[board]
name = "simulated"
[home]
host = ""
[wifi]
ssid = "Nest"
password = "correct horse"
[system]
hostname = "annas-speaker"
time_zone = "Europe/Berlin"
[secrets]
device_key = "oyez_kitchen_0123456789abcdef"
mcp_shop = "shop-token"
[[mcp]]
label = "shop"
url = "http://127.0.0.1:9/mcp"
allowed_tools = ["list"]
"""
ZONE = "/usr/share/zoneinfo/Europe/Berlin"
PARTITIONS = (
    "mkdir -p /boot/firmware /data/etc/oyez && mkdir -p -m 0700 /data/etc/credstore /data/etc/wpa_supplicant"
    " && ln -sfn /var /data/var && rm -rf /etc/oyez /etc/credstore"
    " && for name in oyez credstore localtime hostname; do ln -sfn /data/etc/$name /etc/$name; done"
    " && mkdir -p /usr/share/zoneinfo/Europe && touch /usr/share/zoneinfo/Europe/Berlin"
    " && systemd-sysusers && systemd-tmpfiles --create 2>/dev/null; systemctl daemon-reload"
)


@pytest.fixture(scope="module")
def device(container: Container) -> Container:
    container.run(PARTITIONS).check()
    return container


@pytest.fixture
def laid(device: Container) -> Iterator[Container]:
    device.run("systemctl stop oyez oyez-first-boot; systemctl reset-failed; true")
    device.write("/boot/firmware/oyez.toml", LAID)
    yield device
    device.run("systemctl stop oyez")


def test_a_file_is_taken_in_and_the_daemon_starts_with_its_settings_and_secrets(laid: Container) -> None:
    laid.run("systemctl start oyez-first-boot").check()
    laid.run("systemctl start oyez", 180.0).check()
    assert laid.run("ls /boot/firmware").out.split() == ["oyez-done.toml"]
    assert laid.run("cat /etc/hostname; readlink /data/etc/localtime").out.split() == ["annas-speaker", ZONE]
    credentials = laid.run("ls /run/credentials/oyez.service").out.split()
    assert {"device_key", "mcp_shop"} <= set(credentials)
    for secret in ("correct horse", "oyez_kitchen_0123456789abcdef", "shop-token"):
        assert laid.run(f"grep -rl '{secret}' /boot /data/etc/oyez /data/etc/wpa_supplicant").code == 1
        assert laid.run(f"runuser -u oyez -- grep -rls '{secret}' /data /boot /run/oyez").code != 0
        assert secret not in laid.run("journalctl -b").out


def test_a_mistake_keeps_nobody_from_starting(laid: Container) -> None:
    laid.run("systemctl start oyez-first-boot").check()
    laid.write("/boot/firmware/oyez.toml", LAID.replace("correct horse", "short"))
    laid.run("systemctl restart oyez-first-boot")
    assert laid.run("systemctl show -P ExecMainStatus oyez-first-boot").out.strip() == "78"
    assert "wifi.password has 5 characters" in laid.run("cat /boot/firmware/oyez-problems.txt").out
    laid.run("systemctl start oyez", 180.0).check()


def test_a_reset_that_the_daemon_asks_for_forgets_everything_and_takes_a_new_file_in(laid: Container) -> None:
    laid.run("systemctl start oyez-first-boot && systemctl start oyez-reset-at-start").check()
    laid.run("systemctl enable oyez-reset-at-start oyez-first-boot && systemctl start oyez-reset.path").check()
    laid.run("systemctl start oyez", 180.0).check()
    assert laid.run("ls /run/oyez/resettable").code == 0
    laid.write("/boot/firmware/oyez.toml", LAID.replace("annas-speaker", "attic"))
    laid.run("runuser -u oyez -- touch /run/oyez/factory-reset").check()
    until_up(laid, "grep -q attic /data/etc/hostname && [ ! -e /data/erasing ]")
    assert laid.run("ls /var/lib/oyez").out == ""
    assert laid.run("ls /boot/firmware").out.split() == ["board.txt", "oyez-done.toml"]


def until_up(device: Container, command: str) -> None:
    """It starts again twice: to erase before anything runs, and to begin without what it knew."""
    ends, went_down = time.monotonic() + 120.0, ""
    while time.monotonic() < ends:
        try:
            device.comes_back()
        except ContainerFailed as error:  # it went down again before it was up
            went_down = str(error)
            continue
        if device.run(command).code == 0:
            return
    told = device.run("journalctl -b --no-pager -u 'oyez-*'; ls -la /data /data/etc /boot/firmware").out
    raise AssertionError(f"it did not come to: {command}\n{told}\n{went_down}")
