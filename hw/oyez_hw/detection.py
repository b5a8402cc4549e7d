"""Which board of the catalogue this machine has. Pure: a snapshot and the entries -> candidates, best first, with why.

What a board says of itself counts by how little else could say the same. A USB id, where an entry has one, decides: its
card must have it. Without one an ALSA id or name is needed, or the EEPROM. A PCM or a number of channels that is not
the entry's makes it another board. A board that should have an EEPROM and shows none is a little less likely.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from oyez_hw.catalogue import Entry
from oyez_hw.machine import Card, Snapshot, device_name

WEIGHTS = {"hat": 8, "usb": 8, "card name": 4, "card id": 2, "pcm": 1, "channels": 1}
"""How much each piece of evidence counts."""


@dataclass(frozen=True, slots=True)
class Candidate:
    name: str
    """Of the entry."""
    reasons: tuple[str, ...]
    weight: int
    generic: bool = False
    """Any card would do: it stands behind every board that is known."""
    card: Card | None = None
    """The board's own; None: the board is there (its EEPROM says so, or its USB id), its sound card is not."""
    capture: Card | None = None
    playback: Card | None = None
    missing: tuple[str, ...] = ()
    """What keeps it from being used, a sentence each."""
    may_come: bool = True
    """What is missing may be plugged in while we wait; False: somebody must change the machine's set-up."""


@dataclass(frozen=True, slots=True)
class Finding:
    candidates: tuple[Candidate, ...]
    chosen: Candidate | None
    """The one that `auto` takes; None: none, or several with equal right."""
    sentence: str
    """What was found, what it means and, where nothing is chosen, what to do."""
    may_come: bool = False
    """Nothing is chosen yet, and a plug may change that; False: only the operator can."""


def detect(snapshot: Snapshot, entries: Iterable[Entry]) -> Finding:
    found = sorted(
        (one for entry in entries for one in _candidates(snapshot, entry)),
        key=lambda one: (bool(one.missing), one.generic, -one.weight, one.name, one.card.id if one.card else ""),
    )
    candidates = tuple(found)
    usable = [one for one in candidates if not one.missing]
    if not usable:
        return _unusable(snapshot, candidates)
    best = usable[0]
    rivals = [one for one in usable[1:] if _rival(best, one)]
    if rivals:
        return Finding(candidates, None, _ambiguous([best, *rivals]))
    waiting = [one for one in candidates if one.missing and one.name != best.name]
    beside = "".join(f"; {one.name} is there as well, but {'; '.join(one.missing)}" for one in waiting)
    return Finding(candidates, best, f"{best.name}: {_because(best)}{beside}")


def _ambiguous(equals: list[Candidate]) -> str:
    names = list(dict.fromkeys(one.name for one in equals))
    because = "; ".join(_because(one) for one in equals)
    if len(names) > 1:
        return f"this may be {' or '.join(names)} ({because}): set board.name to the one that it is"
    return (
        f"{names[0]} is there {len(equals)} times ({because}): set board.name to alsa, and board.capture_device and "
        "board.playback_device to the one that is meant, as `oyez-hw list` names them"
    )


def _rival(best: Candidate, other: Candidate) -> bool:
    """Equal in kind, and either as well shown on the same card or a board of its own on another one."""
    if best.generic != other.generic:
        return False
    same_card = (best.card and best.card.number) == (other.card and other.card.number)
    return best.weight == other.weight if same_card else True


def _unusable(snapshot: Snapshot, candidates: tuple[Candidate, ...]) -> Finding:
    others = [card for card in snapshot.cards if not card.on_every_pi]
    if candidates:
        best = candidates[0]
        return Finding(
            candidates, None, f"{best.name} is there ({_because(best)}), but {'; '.join(best.missing)}", best.may_come
        )
    if not others:
        return Finding((), None, "no sound card for a voice is there: plug a board or a microphone in", True)
    return Finding(
        (),
        None,
        f"no board of the catalogue was recognised among the cards {', '.join(card.id for card in others)}: set "
        "board.name to alsa, and board.capture_device and board.playback_device as `oyez-hw list` names them",
    )


def _because(candidate: Candidate) -> str:
    return ", ".join(candidate.reasons)


def _candidates(snapshot: Snapshot, entry: Entry) -> Iterator[Candidate]:
    hat = _hat_reason(snapshot, entry)
    seen = False
    for card in snapshot.cards:
        reasons = _card_reasons(card, entry)
        if not reasons:
            continue
        seen = True
        told = (*([("hat", hat)] if hat else []), *reasons)
        yield _complete(
            snapshot,
            entry,
            Candidate(
                entry.name,
                tuple(reason for _, reason in told),
                sum(WEIGHTS.get(kind, 0) for kind, _ in told) - (bool(entry.recognised.hats) and not hat),
                entry.recognised.any_usb_microphone,
                card,
            ),
        )
    if not seen:
        yield from _without_card(snapshot, entry, hat)


def _without_card(snapshot: Snapshot, entry: Entry, hat: str) -> Iterator[Candidate]:
    if hat:
        lines = " and ".join(f"`{line}`" for line in entry.boot.config_txt)
        remedy = f"put {lines} into /boot/firmware/config.txt and restart" if lines else entry.boot.works
        missing = (f"it has no sound card: {remedy}",)
        yield Candidate(entry.name, (hat,), WEIGHTS["hat"], missing=missing, may_come=False)
    if snapshot.cards and any(card.usb_id in entry.recognised.usb for card in snapshot.cards):
        return  # its card is there, with other channels: another entry's
    for device in snapshot.usb:
        if device.id in entry.recognised.usb:
            reason = f"USB {device.id} in port {device.path}"
            missing = ("it has no sound card yet: wait a moment, or plug it in again",)
            yield Candidate(entry.name, (reason,), WEIGHTS["usb"], missing=missing)


def _hat_reason(snapshot: Snapshot, entry: Entry) -> str:
    read = snapshot.hat
    for hat in entry.recognised.hats:
        if read and (hat.vendor, hat.product) == (read.vendor, read.product):
            return f"its EEPROM says {hat.vendor}, {hat.product}"
    return ""


def _card_reasons(card: Card, entry: Entry) -> tuple[tuple[str, str], ...]:
    """(kind, words); empty: this card is not the entry's."""
    known = entry.recognised
    if known.any_usb_microphone:
        return (("any", f"the USB card {card.id} captures"),) if card.usb_id and card.captures else ()
    if bool(known.usb) != bool(card.usb_id):
        return ()
    found: list[tuple[str, str]] = []
    if known.usb:
        if card.usb_id not in known.usb:
            return ()
        found.append(("usb", f"USB {card.usb_id}"))
    elif not any(_has_id(card, id) for id in known.card_ids) and not known.card_names:
        return ()
    if any(_has_id(card, id) for id in known.card_ids):
        found.append(("card id", f"card {card.id}"))
    if known.card_names:
        if not {card.name, card.long_name} & set(known.card_names):
            return ()
        found.append(("card name", f"called {card.name}"))
    if known.pcms and card.pcms:
        if not any(part in pcm.name for part in known.pcms for pcm in card.pcms):
            return ()
        found.append(("pcm", f"PCM {card.pcms[0].name}"))
    if known.capture_channels is not None and card.capture.channels:
        if known.capture_channels not in card.capture.channels:
            return ()
        found.append(("channels", f"{known.capture_channels} channels"))
    return tuple(found)


def _has_id(card: Card, id: str) -> bool:
    """ALSA calls the second card of a kind Device_1."""
    return card.id == id or (card.id.startswith(f"{id}_") and card.id.removeprefix(f"{id}_").isdecimal())


def _complete(snapshot: Snapshot, entry: Entry, candidate: Candidate) -> Candidate:
    """With the cards for both directions, or with what is missing."""
    own = candidate.card
    foreign = entry.capture.card == "usb"
    microphones = _usb_microphones(snapshot) if foreign else [card for card in (own,) if card]
    capture = microphones[0] if len(microphones) == 1 else None
    playback = own
    if own is not None and own.pcms and not own.plays:
        playback = _other_loudspeaker(snapshot, own)
    missing = []
    if not microphones:
        missing.append("no USB microphone is plugged in: plug one in")
    elif capture is None:
        names = ", ".join(card.id for card in microphones)
        missing.append(
            f"several USB microphones are plugged in ({names}): set board.name to {entry.name}, and "
            "board.capture_device to the one that is meant, as `oyez-hw list` names it"
        )
    elif not foreign and capture.pcms and not capture.captures:
        missing.append(f"its card {capture.id} does not capture: its overlay or firmware is another one")
    if playback is None and "{card}" in entry.playback.device:
        missing.append("no card plays: plug a loudspeaker's card in, or set board.playback_device")
    may_come = len(microphones) < 2
    return replace(candidate, capture=capture, playback=playback, missing=tuple(missing), may_come=may_come)


def _usb_microphones(snapshot: Snapshot) -> list[Card]:
    return [card for card in _steady(snapshot) if card.usb_id and card.captures]


def _other_loudspeaker(snapshot: Snapshot, own: Card) -> Card | None:
    """A board's before the Pi's own jack; a screen's last."""
    others = [card for card in _steady(snapshot) if card.plays and card.number != own.number]
    return min(others, key=lambda card: (card.on_every_pi, "hdmi" in card.id.lower()), default=None)


def _steady(snapshot: Snapshot) -> list[Card]:
    """In an order that does not change when the cards are numbered anew."""
    return sorted(snapshot.cards, key=lambda card: (card.usb_path, card.id))


def devices(entry: Entry, found: Candidate | None) -> tuple[str, str]:
    """(capture, playback) ALSA names. found None: as they will be called when the board comes."""
    named = entry.recognised.card_ids[:1]
    own = f"hw:CARD={named[0]},DEV=0" if named else "default"
    capture, playback = (found.capture, found.playback) if found else (None, None)
    return (
        _filled(entry.capture.device, capture, "default" if entry.capture.card == "usb" else own, captures=True),
        _filled(entry.playback.device, playback, own, captures=False),
    )


def nameless(entry: Entry) -> set[str]:
    """Settings of [board] whose card is the user's choice, so that its name is not known before it is there."""
    own = not entry.recognised.card_ids
    sides = (
        ("capture_device", entry.capture.device, own or entry.capture.card == "usb"),
        ("playback_device", entry.playback.device, own),
    )
    return {setting for setting, device, chosen in sides if chosen and "{card}" in device}


def _filled(pattern: str, card: Card | None, otherwise: str, captures: bool) -> str:
    if "{card}" not in pattern:
        return pattern
    return otherwise if card is None else device_name(card, _device(card, captures))


def _device(card: Card, captures: bool) -> int:
    """The first PCM of that direction."""
    return next((pcm.device for pcm in card.pcms if (pcm.captures if captures else pcm.plays)), 0)
