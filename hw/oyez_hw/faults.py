"""Pure: what can be wrong with a card, sorted by what may help. Told by drivers, acted on by whoever keeps the card."""

from enum import Enum


class Fault(Enum):
    ABSENT = "absent"
    """It is not there: only somebody's hand brings it back."""
    BUSY = "busy"
    """Another program has it."""
    REFUSED = "refused"
    """It is there and may not be opened, or not as it was asked to run."""
    FAILED = "failed"
    """A call on it failed in another way: unplugged in use, suspended, its driver or its sound server gave up."""
    STUCK = "stuck"
    """It stands still, gives the same sound over and over, or tells times that cannot be."""
    SILENT = "silent"
    """It gives nothing but zeros: broken, or switched off by a switch of its own."""
    HUNG = "hung"
    """A call on it does not come back."""
