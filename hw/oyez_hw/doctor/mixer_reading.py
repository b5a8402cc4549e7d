"""How the mixers of the cards stand. Asks alsa-lib; waits for nothing."""

from typing import Any

from oyez_hw.alsa_pcm import alsa
from oyez_hw.alsa_volume import mixer_device
from oyez_hw.doctor.mixer_rules import is_known
from oyez_hw.doctor.sound_facts import Mixer


def mixers(playback_device: str, capture_device: str) -> list[Mixer]:
    """The elements that can silence a card.

    Never raises: a card without a mixer has none.
    """
    try:
        module = alsa()
    except Exception:  # without pyalsaaudio the sound check itself says so
        return []
    found = _elements(module, mixer_device(playback_device), playback=True)
    return [*found, *_elements(module, mixer_device(capture_device), playback=False)]


def _elements(module: Any, device: str, playback: bool) -> list[Mixer]:
    try:
        listed = list(dict.fromkeys(module.mixers(device=device)))
    except module.ALSAAudioError:
        return []
    wanted = [name for name in listed if is_known(name, playback)]
    return [made for name in wanted if (made := _element(module, device, name, playback)) is not None]


def _element(module: Any, device: str, name: str, playback: bool) -> Mixer | None:
    try:
        mixer = module.Mixer(control=name, device=device)
        volumes, switches = mixer.volumecap(), mixer.switchcap()
        if playback:
            percent = max(mixer.getvolume(module.PCM_PLAYBACK)) if "Playback Volume" in volumes else None
            on = not all(mixer.getmute()) if "Playback Mute" in switches else None
            return Mixer(name=name, playback_percent=percent, playback_on=on)
        percent = max(mixer.getvolume(module.PCM_CAPTURE)) if "Capture Volume" in volumes else None
        on = any(mixer.getrec()) if "Capture Mute" in switches else None
        return Mixer(name=name, capture_percent=percent, capture_on=on)
    except (module.ALSAAudioError, ValueError):
        return None
