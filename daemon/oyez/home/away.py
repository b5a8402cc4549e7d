"""Why a broker cannot be used, as a sentence: what happened, what it means, what to do. Pure."""

from oyez.errors import ServiceAway


class BrokerAway(ServiceAway):
    """The broker cannot be reached, refuses us, or hung up."""


class ProtocolRefused(BrokerAway):
    """It does not speak this version of MQTT, or hung up before it answered, as some do instead of saying so."""


def refused(where: str, username: str, reason: str) -> BrokerAway:
    """reason: the name of the CONNACK's reason code."""
    if reason == "Unsupported protocol version":
        return ProtocolRefused(f"The MQTT broker at {where} does not speak this version of MQTT.")
    if reason in ("Not authorized", "Bad user name or password"):
        who = f"user {username!r}" if username else "a client without a name"
        return BrokerAway(
            f"The MQTT broker at {where} refuses {who} ({reason.lower()}), so home automation is off: "
            "mend home.username and home.password_file, or the broker's password file."
        )
    return BrokerAway(f"The MQTT broker at {where} refused the connection ({reason}), so home automation is off.")


def lost(where: str, reason: str) -> BrokerAway:
    if reason == "Session taken over":
        return BrokerAway(
            f"Another client with this device's id took over the connection to the MQTT broker at {where}: "
            "give each device its own device.id."
        )
    return BrokerAway(f"The connection to the MQTT broker at {where} broke ({reason}): it will be tried again.")


def hung_up(where: str) -> ProtocolRefused:
    return ProtocolRefused(
        f"The MQTT broker at {where} hung up before it answered, so home automation is off: see whether home.tls, "
        "home.port and, if it asks for a certificate, home.tls_cert_file fit the broker. It will be tried again, also "
        "with MQTT 3.1.1."
    )


def unreachable(where: str, what: str) -> BrokerAway:
    return BrokerAway(
        f"The MQTT broker at {where} cannot be reached ({what}), so home automation is off: "
        "start the broker, or mend home.host and home.port. It will be tried again."
    )


def untrusted(where: str, what: str) -> BrokerAway:
    return BrokerAway(
        f"The MQTT broker at {where} could not prove who it is ({what}), so nothing was sent to it: "
        "name the certificate of its authority in home.tls_ca_file."
    )


def useless_file(where: str, keys: str, files: str, what: str) -> BrokerAway:
    """keys: of the configuration. what: is wrong with the files."""
    return BrokerAway(
        f"{files} cannot be used ({what}), so the MQTT broker at {where} was not asked and home automation is off: "
        f"mend {keys}. It will be tried again."
    )


def forbidden(where: str, deed: str, reason: str) -> str:
    """One deed was refused, the connection stands."""
    return (
        f"The MQTT broker at {where} does not let this device {deed} ({reason.lower()}): allow it in its access list."
    )
