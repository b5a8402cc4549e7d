"""Who the broker must prove to be, and how this device proves who it is. Reads certificates; waits for nothing."""

import ssl

from oyez.config import Home
from oyez.home import away


def context(home: Home) -> ssl.SSLContext:
    """Raises BrokerAway with what is wrong with which file."""
    where = f"{home.host}:{home.port}"
    try:
        made = ssl.create_default_context(cafile=home.tls_ca_file or None)
    except (OSError, ValueError) as error:
        raise away.useless_file(where, "home.tls_ca_file", home.tls_ca_file, _why(error)) from None
    if home.tls_cert_file:
        try:
            # A key with a password would have openssl ask at the terminal: an empty one is wrong at once.
            made.load_cert_chain(home.tls_cert_file, home.tls_key_file or None, password="")
        except (OSError, ValueError) as error:
            files = " and ".join(file for file in (home.tls_cert_file, home.tls_key_file) if file)
            raise away.useless_file(where, "home.tls_cert_file and home.tls_key_file", files, _why(error)) from None
    return made


def _why(error: OSError | ValueError) -> str:
    """openssl's own words tell where in its source it happened, which helps nobody."""
    if isinstance(error, ssl.SSLError):
        reason = (error.reason or "").replace("_", " ").lower()
        return {
            "key values mismatch": "the key is not that of the certificate",
            "": "it is no PEM file, or the key is protected by a password",
        }.get(reason, reason)
    return getattr(error, "strerror", None) or str(error)
