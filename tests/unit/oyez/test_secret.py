"""Secrets show themselves to nobody by accident."""

import pickle

import pytest

from oyez.secret import Secret, mask


def test_a_secret_masks_itself_however_it_is_printed() -> None:
    secret = Secret("hunter2")
    shown = [
        repr(secret),
        str(secret),
        f"{secret}",
        f"{secret:>10}",
        f"{secret!r}",
        repr([secret]),
        repr({"a": secret}),
    ]
    assert not any("hunter2" in text for text in shown)
    assert secret.reveal() == "hunter2"


def test_a_secret_cannot_be_pickled() -> None:
    with pytest.raises(TypeError):
        pickle.dumps(Secret("hunter2"))


@pytest.mark.parametrize(
    "text",
    [
        "token ek_SECRETSECRET1",
        "key sk-proj-SECRETSECRET1 refused",
        "device oyez_kitchen_SECRETSECRET1-_aaaa",
        "Authorization: Bearer SECRETSECRET1.x.y",
        "authorization: bearer SECRETSECRET1",
        "mqtt://kitchen:SECRETSECRET1@broker",
        "the server wrote: eyJhbGciOiJIUzI1.eyJpc3MiOiJTRUNSRVQi.SECRETSECRET1 is expired",
        'invalid: {"server_label":"home","authorization":"SECRETSECRET1"}',
        'invalid: {"server_label": "home", "authorization": "SECRETSECRET1"}',
    ],
)
def test_what_looks_like_a_key_is_masked(text: str) -> None:
    assert "SECRETSECRET1" not in mask(text)
    assert "***" in mask(text)


@pytest.mark.parametrize(
    "text", ["oyez_hw.crossing: xrun", "oyez/kitchen/state", "http://broker:1883/x", "a task-list"]
)
def test_ordinary_words_stay(text: str) -> None:
    assert mask(text) == text
