"""The curve of a fit as a picture. matplotlib is no part of the device: only whoever wants the picture needs it."""

from pathlib import Path

from oyez.errors import OyezError
from oyez.hearing.locker.fit import Fit

MISSED, FIRED = "#0072b2", "#d55e00"
"""Okabe and Ito's palette: told apart by colour-blind people too."""


def draw(path: Path, fit: Fit) -> None:
    """Shares of labelled clips over the threshold, with their 95 % intervals. Raises OyezError without matplotlib."""
    try:
        import matplotlib
    except ImportError as error:
        raise OyezError(f"{path} was not drawn: pictures need matplotlib (pip install matplotlib).") from error

    matplotlib.use("Agg")
    from matplotlib import pyplot as plt

    figure, axes = plt.subplots(figsize=(7, 4), layout="constrained")
    at = [point.threshold for point in fit.points]
    for shares, colour, text in (
        ([point.false_rejects for point in fit.points], MISSED, "said and missed"),
        ([point.false_accepts for point in fit.points], FIRED, "not said and heard"),
    ):
        axes.step(at, [share.value for share in shares], where="post", color=colour, label=f"{text}, n={shares[0].n}")
        low, high = [share.low for share in shares], [share.high for share in shares]
        axes.fill_between(at, low, high, step="post", color=colour, alpha=0.15)
    axes.axvline(fit.present, color="black", linestyle=":", label=f"present {fit.present:g}")
    if fit.proposed is not None:
        axes.axvline(fit.proposed, color="black", label=f"proposed {fit.proposed:g}")
    axes.set(xlabel="threshold", ylabel="share of labelled clips", xlim=(0, 1), ylim=(0, 1), title=fit.word)
    axes.legend()
    figure.savefig(path, dpi=100)
    plt.close(figure)
