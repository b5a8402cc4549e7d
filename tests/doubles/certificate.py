"""A certificate for one address, made on the spot by openssl; its own authority, good for a day."""

import subprocess
from pathlib import Path


def make_certificate(folder: Path, address: str = "127.0.0.1") -> tuple[Path, Path]:
    """PEM files: (certificate, key)."""
    certificate, key = folder / "certificate.pem", folder / "key.pem"
    curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "1"]
    names = ["-subj", "/CN=localhost", "-addext", f"subjectAltName=IP:{address}"]
    command = ["openssl", "req", "-x509", *curve, *names, "-keyout", str(key), "-out", str(certificate)]
    subprocess.run(command, check=True, capture_output=True)
    return certificate, key


def expire(certificate: Path, key: Path) -> None:
    """Signs it anew, until now: in the next second it is out of its time."""
    command = ["openssl", "x509", "-in", str(certificate), "-signkey", str(key), "-days", "0", "-out", str(certificate)]
    subprocess.run(command, check=True, capture_output=True)
