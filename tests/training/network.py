"""A network of one hidden layer, trained by Adam (Kingma and Ba, ICLR 2015, algorithm 1) in numpy."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]

HIDDEN = 24
EPOCHS = 8
BATCH = 256
STEP = 1e-3
DECAY = 1e-4
ROWS_HIDDEN = 0.1
"""Share of the rows that are blanked, so that no single one decides."""
JITTER = 0.15
"""Noise on inputs of deviation 1: synthetic voices are too alike."""


class Network(NamedTuple):
    first: Floats
    """(inputs, HIDDEN)."""
    bias: Floats
    second: Floats
    offset: Floats
    """(1,)."""


def train(inputs: Floats, answers: Floats, weights: Floats, shape: tuple[int, int], seed: int = 0) -> Network:
    """Weighted logistic loss. inputs: (n, rows * width); answers: 0 or 1; shape: (rows, width)."""
    random = np.random.default_rng(seed)
    count, size = inputs.shape
    network = Network(
        random.normal(0, np.sqrt(2 / size), (size, HIDDEN)).astype(np.float32),
        np.zeros(HIDDEN, np.float32),
        random.normal(0, np.sqrt(2 / HIDDEN), HIDDEN).astype(np.float32),
        np.zeros(1, np.float32),
    )
    first_moments, second_moments = [np.zeros_like(p) for p in network], [np.zeros_like(p) for p in network]
    turn = 0
    for epoch in range(EPOCHS):
        step = STEP * 0.5 * (1 + np.cos(np.pi * epoch / EPOCHS))
        order = random.permutation(count)
        for start in range(0, count, BATCH):
            batch = order[start : start + BATCH]
            seen = inputs[batch] + JITTER * random.standard_normal((len(batch), size), dtype=np.float32)
            blanks = random.random((len(batch), shape[0])) > ROWS_HIDDEN
            seen *= np.repeat(blanks, shape[1], axis=1)
            turn += 1
            moves = gradient(network, seen, answers[batch], weights[batch])
            for place, move in enumerate(moves):
                first_moments[place] = 0.9 * first_moments[place] + 0.1 * move
                second_moments[place] = 0.999 * second_moments[place] + 0.001 * move**2
                ahead = first_moments[place] / (1 - 0.9**turn)
                network[place][...] -= step * ahead / (np.sqrt(second_moments[place] / (1 - 0.999**turn)) + 1e-8)
    return network


def committee(members: list[Network]) -> Network:
    """One network whose answer is the mean of theirs: all their hidden units side by side."""
    share = np.float32(1 / len(members))
    return Network(
        np.concatenate([one.first for one in members], axis=1),
        np.concatenate([one.bias for one in members]),
        np.concatenate([one.second * share for one in members]),
        sum((one.offset * share for one in members), np.zeros(1, np.float32)),
    )


def gradient(network: Network, seen: Floats, answers: Floats, weights: Floats) -> Network:
    """Of the mean weighted logistic loss and of DECAY / 2 times the weights' squares."""
    hidden = np.maximum(seen @ network.first + network.bias, 0)
    odds = 1 / (1 + np.exp(-(hidden @ network.second + network.offset)))
    wrong = (weights * (odds - answers) / len(answers)).astype(np.float32)
    back = np.outer(wrong, network.second) * (hidden > 0)
    return Network(
        seen.T @ back + DECAY * network.first,
        back.sum(axis=0),
        hidden.T @ wrong + DECAY * network.second,
        np.array([wrong.sum()], np.float32),
    )
