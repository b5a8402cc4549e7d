"""What the daemon has proved of itself: see `oyez/proof.py`, which writes it."""

from oyez.proof import FILE, LARGEST_BYTES, Proof, read

__all__ = ["FILE", "LARGEST_BYTES", "Proof", "read"]
