"""Plots of how throughput and memory go with the articles that are live, drawn where matplotlib is installed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

from report import Kept
from rows.growth import COMPARED, KEPT_TARGET, MEMORY_TARGET

GROWTH: Final = {
    "S10": ("throughput.svg", "memory.svg"),
    "10M": ("throughput-10m.svg", "memory-10m.svg"),
}
"""Rows that have curves, and the plots of throughput and of memory that are drawn of each."""
INK: Final = "#1f3a5f"
WARN: Final = "#b03a2e"


def draw(kept: Mapping[str, Kept], folder: Path) -> Sequence[str]:
    """Draw what there are figures for into a folder; return the names of the files that are there."""
    plots = {row: names for row, names in GROWTH.items() if row in kept}
    names = tuple(name for pair in plots.values() for name in pair)
    if find_spec("matplotlib") is None:
        return tuple(name for name in names if (folder / name).exists())
    for row, (throughput, memory) in plots.items():
        curves = kept[row].measured.curves
        live = curves["live"]
        _throughput(live, curves["per_second"], folder / throughput)
        _memory(live, [size / 1e6 for size in curves["bytes"]], folder / memory)
    return names


def _throughput(live: Sequence[float], rates: Sequence[float], path: Path) -> None:
    figure, axes = _axes("Throughput of the whole engine, one article at a time", "articles a second")
    compared = next((at for at, count in enumerate(live) if count >= COMPARED), 0)
    axes.plot(live, rates, color=INK, marker="o", markersize=3, label="measured")
    axes.axhline(
        KEPT_TARGET * rates[compared],
        color=WARN,
        linestyle="--",
        label=f"{KEPT_TARGET:.0%} of that at {live[compared]:,}",
    )
    axes.set_xlim(0, 1.02 * live[-1])
    axes.legend(frameon=False, loc="lower left")
    axes.set_ylim(0, 1.15 * max(rates))
    save(figure, path)


def _memory(live: Sequence[float], megabytes: Sequence[float], path: Path) -> None:
    figure, axes = _axes("Memory of the index, both levels", "megabytes")
    axes.plot(live, megabytes, color=INK, marker="o", markersize=3, label="measured")
    axes.plot(
        [0, live[-1]],
        [0, MEMORY_TARGET * live[-1] / 1e3],
        color=WARN,
        linestyle="--",
        label=f"target: {MEMORY_TARGET} kB an article",
    )
    axes.set_ylim(0, None)
    axes.set_xlim(0, 1.02 * live[-1])
    axes.legend(frameon=False, loc="upper left")
    save(figure, path)


def _axes(title: str, label: str) -> tuple[Any, Any]:
    figure, axes = sheet(title, 6.4, 3.6)
    axes.set_xlabel("live articles")
    axes.set_ylabel(label)
    axes.grid(axis="y", color="#dddddd", linewidth=0.6)
    axes.spines[["top", "right"]].set_visible(False)
    axes.xaxis.set_major_formatter("{x:,.0f}")
    axes.yaxis.set_major_formatter("{x:,.0f}")
    return figure, axes


def sheet(title: str, width: float, height: float) -> tuple[Any, Any]:
    """Return a figure of so many inches and its axes; what is drawn alike is, saved as SVG, the same file."""
    import matplotlib as mpl  # noqa: PLC0415  only the extra `bench` has it
    import matplotlib.pyplot as plt  # noqa: PLC0415  only the extra `bench` has it

    mpl.use("svg")
    mpl.rcParams.update({"svg.hashsalt": "storyfold", "svg.fonttype": "none", "font.family": "sans-serif"})
    figure, axes = plt.subplots(figsize=(width, height), layout="constrained")
    axes.set_title(title, loc="left", fontsize=11)
    return figure, axes


def save(figure: Any, path: Path) -> None:
    """Write a figure to a file, without the date of today."""
    import matplotlib.pyplot as plt  # noqa: PLC0415  only the extra `bench` has it

    figure.savefig(path, metadata={"Date": None})
    plt.close(figure)
