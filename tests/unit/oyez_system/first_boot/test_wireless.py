"""What wpa_supplicant is told."""

import shutil
import subprocess
from pathlib import Path

import pytest
from hypothesis import given, strategies as st

from oyez_system.first_boot.settings import Network
from oyez_system.first_boot.wireless import Kept, kept, networks_in, text

KEPT = st.builds(
    Kept,
    name=st.binary(min_size=1, max_size=32),
    security=st.just("wpa2"),
    key=st.text("0123456789abcdef", min_size=64, max_size=64),
    hidden=st.booleans(),
)


def test_the_key_of_a_wpa2_password_is_the_one_of_the_standard() -> None:
    """The first example of IEEE 802.11i, H.4.3."""
    network = Network(ssid="IEEE", password="password")
    assert kept(network, {}).key == "f42c6fc52df0ebef9ebb4b90b38a5f902e83fe1b135a70e23aed762e9710a12e"


def test_a_wpa2_password_is_not_in_the_file_and_a_wpa3_one_can_only_be() -> None:
    two = text("DE", [kept(Network(ssid="a", password="correct horse"), {})])
    three = text("DE", [kept(Network(ssid="a", password="correct horse", security="wpa3"), {})])
    assert "correct horse" not in two
    assert b"correct horse".hex() not in two
    assert b"correct horse".hex() in three


def test_64_hexadecimal_digits_are_the_key_itself() -> None:
    assert kept(Network(ssid="a", password="AB" * 32), {}).key == "ab" * 32


@given(st.lists(KEPT, unique_by=lambda one: one.name), st.sampled_from(["", "de", "GB"]))
def test_what_was_written_is_read_again(networks: list[Kept], country: str) -> None:
    assert networks_in(text(country, networks)) == {one.name: one for one in networks}


def test_a_network_without_a_password_keeps_its_key() -> None:
    before = kept(Network(ssid="a", password="correct horse"), {})
    assert kept(Network(ssid="a", hidden=True), {b"a": before}) == Kept(b"a", "wpa2", before.key, True)


def test_files_of_other_hands_are_no_networks() -> None:
    assert networks_in('network={\n\tssid="a"\n\tpsk="b"\n}\n') == {}


@pytest.mark.skipif(shutil.which("wpa_supplicant") is None, reason="wpa_supplicant is not installed")
def test_wpa_supplicant_understands_every_line(tmp_path: Path) -> None:
    networks = [
        kept(Network(ssid='q"uo\\te', password='a"b\\c}dd', hidden=True), {}),
        kept(Network(ssid="three", password='a"b\\c}dd', security="wpa3"), {}),
        kept(Network(ssid_hex="ff00", security="open"), {}),
    ]
    path = tmp_path / "wpa.conf"
    path.write_text(text("de", networks).replace("/run/wpa_supplicant", str(tmp_path)))
    run = subprocess.run(
        ["timeout", "2", "wpa_supplicant", "-Dnone", "-ilo", f"-c{path}", "-dd", "-K"], capture_output=True, text=True
    )
    assert "country='DE'" in run.stdout
    assert all(f"id={number} ssid=" in run.stdout for number in range(3))
    assert "Failed to parse" not in run.stdout + run.stderr
    assert "Invalid" not in run.stdout + run.stderr
