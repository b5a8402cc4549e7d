"""Every way in which a broker can fail us is one sentence that says what to do."""

import pytest

from oyez.home import away


@pytest.mark.parametrize(
    ("error", "remedy"),
    [
        (away.refused("h:1", "kitchen", "Not authorized"), "user 'kitchen' (not authorized)"),
        (away.refused("h:1", "", "Bad user name or password"), "home.password_file"),
        (away.refused("h:1", "", "Server busy"), "Server busy"),
        (away.lost("h:1", "Session taken over"), "its own device.id"),
        (away.lost("h:1", "Unspecified error"), "tried again"),
        (away.hung_up("h:1"), "home.tls"),
        (away.unreachable("h:1", "Connection refused"), "home.host"),
        (away.untrusted("h:1", "self-signed"), "home.tls_ca_file"),
    ],
)
def test_the_sentence_names_the_broker_and_the_remedy(error: away.BrokerAway, remedy: str) -> None:
    assert "h:1" in str(error)
    assert remedy in str(error)
    assert error.exit_code == 69


def test_a_broker_of_the_older_protocol_is_told_apart_from_one_that_refuses_us() -> None:
    assert isinstance(away.refused("h:1", "", "Unsupported protocol version"), away.ProtocolRefused)
    assert not isinstance(away.refused("h:1", "", "Not authorized"), away.ProtocolRefused)
