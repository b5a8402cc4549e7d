"""What wpa_supplicant and the kernel tell of the network."""

from oyez_system.first_words.wireless_log import has_route, read

WRONG = (
    "wlan0: Trying to associate with SSID 'Nest'\n"
    "wlan0: WPA: 4-Way Handshake failed - pre-shared key may be incorrect\n"
    'wlan0: CTRL-EVENT-SSID-TEMP-DISABLED id=0 ssid="Nest" auth_failures=1 duration=10 reason=WRONG_KEY\n'
)
JOINED = "wlan0: CTRL-EVENT-CONNECTED - Connection to 02:00:00:00:00:01 completed [id=0 id_str=]\n"
REJECTED = 'wlan0: CTRL-EVENT-SSID-TEMP-DISABLED id=0 ssid="Nest" auth_failures=3 duration=30 reason=CONN_FAILED\n'
HEAD = "Iface\tDestination\tGateway\tFlags\tRefCnt\tUse\tMetric\tMask\tMTU\tWindow\tIRTT\n"


def test_the_last_word_counts() -> None:
    assert read(WRONG.splitlines()) == "wrong_password"
    assert read((WRONG + JOINED).splitlines()) == "connected"
    assert read((JOINED + WRONG).splitlines()) == "wrong_password"


def test_a_network_that_is_out_of_reach_is_no_wrong_password() -> None:
    assert read(REJECTED.splitlines()) == "unknown"
    assert read([]) == "unknown"


def test_a_way_out_is_a_default_route_of_either_kind() -> None:
    out = "wlan0\t00000000\t0100A8C0\t0003\t0\t0\t600\t00000000\t0\t0\t0\n"
    inside = "wlan0\t0000A8C0\t00000000\t0001\t0\t0\t600\t00FFFFFF\t0\t0\t0\n"
    assert has_route(HEAD + inside + out, "")
    assert not has_route(HEAD + inside, "")
    zero = "0" * 32
    assert has_route(HEAD, f"{zero} 00 {zero} 00 fe80{'0' * 28} 00000400 00000001 00000000 00000003    wlan0\n")
    assert not has_route("", f"{zero} 00 {zero} 00 {zero} ffffffff 00000001 00000000 00200200       lo\n")
