"""Why an update is not made: each a sentence that says what happened, what it means, what to do. Pure.

In each of them the device stays as it was: only the other slot is ever written, and it is booted only when all is well.
"""

from typing import Literal

from oyez.errors import OyezError

Kind = Literal[
    "no_source", "no_release", "server_away", "not_found", "clock", "certificate", "same_version", "downgrade",
    "too_old", "tried_before", "no_room", "truncated", "damaged", "no_bundle", "wrong_key", "wrong_compatible",
    "mixed_up", "slot", "storage", "busy", "no_file",
]  # fmt: skip
AWAY: frozenset[Kind] = frozenset({"server_away", "clock", "truncated"})
"""Mended by waiting: what was fetched is kept."""
NO_FAILURE: frozenset[Kind] = AWAY | {"no_source", "same_version", "downgrade", "busy"}
"""What a timer need not be red for."""


class Refused(OyezError):
    def __init__(self, kind: Kind, sentence: str, why: str = "") -> None:
        """why: what it is in a few words, for another sentence."""
        super().__init__(sentence)
        self.kind, self.why = kind, why

    @property
    def sentence(self) -> str:
        return str(self)


def no_source() -> Refused:
    return Refused(
        "no_source",
        "Nobody has said where new versions come from, so none is looked for: write source = "
        '"https://.../release.json" under [updates] in oyez.toml on the boot partition, or bring one on a USB stick.',
    )


def no_release(url: str, why: str) -> Refused:
    return Refused(
        "no_release",
        f"{url} is no description of a version ({why}), so there is nothing to install: tell whoever publishes it.",
    )


def server_away(host: str, why: str) -> Refused:
    return Refused(
        "server_away",
        f"{host} cannot be reached ({why}), so no version could be fetched: it is tried again; if it stays so, look at "
        "the network and at updates.source.",
        why,
    )


def not_found(url: str, status: int) -> Refused:
    return Refused(
        "not_found",
        f"The server answers {status} for {url}, so there is nothing to fetch there: look at updates.source, or tell "
        "whoever publishes it.",
    )


def clock_wrong(host: str, shown: str) -> Refused:
    return Refused(
        "clock",
        f"The certificate of {host} is not valid at the time that this device believes it is ({shown}), so nothing was "
        "fetched: most likely the clock is wrong; it is set from the network, so see that NTP (UDP port 123) gets out.",
    )


def certificate(host: str, why: str) -> Refused:
    return Refused(
        "certificate",
        f"{host} could not prove who it is ({why}), so nothing was fetched from it: if it is your own server, name its "
        "certificate authority in updates.ca_file; if not, somebody may stand between.",
    )


def same_version(version: str) -> Refused:
    return Refused("same_version", f"Version {version} is the one that runs: nothing was done.")


def downgrade(version: str, installed: str) -> Refused:
    return Refused(
        "downgrade",
        f"Version {version} is older than {installed}, which runs, so it was not installed: if you want it "
        "nevertheless, set allow_downgrade = true under [updates] in oyez.toml on the boot partition.",
    )


def too_old(version: str, least: str, installed: str) -> Refused:
    return Refused(
        "too_old",
        f"Version {version} can be installed from {least} on, and {installed} runs: install a version between them "
        "first.",
    )


def tried_before(version: str) -> Refused:
    return Refused(
        "tried_before",
        f"Version {version} was tried and gone back from, so it is not tried again by itself: wait for the next one, "
        "or ask for it (do/install_update, oyez-system update install).",
    )


def no_room(needed_mb: int, free_mb: int) -> Refused:
    return Refused(
        "no_room",
        f"The update wants {needed_mb} MB on the data partition and {free_mb} MB are free, so it was not fetched: let "
        "the locker keep less (hearing.locker_mb), or use a larger card.",
    )


def truncated(host: str, have: int, size: int, why: str) -> Refused:
    if have == 0:
        return server_away(host, why)
    return Refused(
        "truncated",
        f"Of the update {have} of {size} bytes are here, and {host} gives no more ({why}): what came is kept, and the "
        "rest is fetched another time.",
    )


def damaged() -> Refused:
    return Refused(
        "damaged",
        "What was fetched is not what its description says (SHA-256), so it was thrown away and nothing was installed: "
        "it is fetched anew another time; if it happens again, tell whoever publishes it.",
    )


def another_file(url: str) -> Refused:
    return Refused(
        "mixed_up",
        f"{url} is not of the size that its description says, so it was not fetched: whoever publishes it is perhaps "
        "in the midst of it; it is tried again another time.",
    )


def no_bundle(name: str, why: str) -> Refused:
    return Refused(
        "no_bundle",
        f"{name} is no whole update bundle ({why}), so nothing was installed: it may have been cut off when it was "
        "copied; copy or fetch it again.",
    )


def wrong_key(name: str, why: str) -> Refused:
    return Refused(
        "wrong_key",
        f"{name} is not signed by anybody whom this device trusts, or was changed after it was signed ({why}), so "
        "nothing was installed: take one from where your device came from.",
    )


def wrong_compatible(name: str, made_for: str, is_for: str) -> Refused:
    return Refused(
        "wrong_compatible",
        f"{name} is made for {made_for or 'something else'} and this device is {is_for or 'another'}, so nothing was "
        "installed: take the bundle for this device.",
    )


def mixed_up(name: str, inside: str, described: str) -> Refused:
    return Refused(
        "mixed_up",
        f"{name} holds version {inside}, and its description says {described}, so nothing was installed: tell whoever "
        "publishes it.",
    )


def slot_failed(why: str) -> Refused:
    return Refused(
        "slot",
        f"The other slot could not be written ({why}): the version that runs stays. If it happens again, the card may "
        "be worn out: oyez doctor tells of it.",
    )


def storage(path: str, why: str) -> Refused:
    return Refused(
        "storage",
        f"{path} cannot be written or read ({why}), so nothing was installed: oyez doctor tells what is wrong with the "
        "card.",
    )


def on_trial() -> Refused:
    return Refused(
        "busy",
        "The version that runs is on trial itself, and the other slot holds the one to go back to: try again in ten "
        "minutes.",
    )


def busy() -> Refused:
    return Refused("busy", "An update is being made already: nothing more was begun.")


def no_file(path: str, why: str) -> Refused:
    return Refused("no_file", f"{path} cannot be read ({why}), so nothing was installed: name a file oyez-*.raucb.")
