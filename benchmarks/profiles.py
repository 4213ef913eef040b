"""What the time goes to, for each row of speed that misses a target: a picture of the calls and their shares.

    python benchmarks/profiles.py               # every row that has a picture
    python benchmarks/profiles.py S4 --articles 2000

Runs ``speed.py`` on fewer articles under py-spy, which looks at every thread a hundred times a second, and draws
what was found below the calls named in `PICTURES`. Of a server only those looks count in which a thread held the
interpreter lock: there is one, and who holds it is why the others wait. Looking takes time itself, so rates that
are measured meanwhile are not kept. Needs the extra `bench`.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final, NamedTuple

from plots import INK, save, sheet

HERE: Final = Path(__file__).parent
PY_SPY: Final = Path(sys.executable).with_name("py-spy")


class Picture(NamedTuple):
    """What is drawn of a row: the calls below one, or below a process, on so many articles."""

    about: str
    articles: int
    below: str
    is_locked: bool = False


SERVER: Final = "main() serve"
PICTURES: Final = {
    "S4": Picture("the whole engine", 5_000, "cluster_batch"),
    "S5": Picture("durable over HTTP, who holds the interpreter lock", 5_000, SERVER, is_locked=True),
    "S6": Picture("the list of clusters, who holds the interpreter lock", 20_000, SERVER, is_locked=True),
    "S7": Picture("re-index", 10_000, "Desk.build"),
}
LOOKS_PER_SECOND: Final = 100
LEAST: Final = 0.01
"""What has a smaller share of all looks is not drawn."""
HANDS_ON: Final = 0.97
"""A call in which so much is another's only hands on to that."""
OURS: Final = ("(dedupe/", "(api/")
ONCE: Final = ("(numba/", "_call_with_frames_removed")
"""What stands in stacks of compiling and of importing."""
GREY: Final = "#d9d9d9"
LETTERS: Final = 210
"""So many letters fit into the width of a picture."""
FEWEST_LETTERS: Final = 6
_NUMBERS: Final = re.compile(r":\d+(?=\)$)|^thread \(\d+\): |-\d+$")
"""What tells apart what is alike: the lines of a function, the threads of a pool."""


@dataclass(slots=True)
class Call:
    """A function, in how many looks it ran, and what it called."""

    name: str
    seen: int = 0
    calls: dict[str, Call] = field(default_factory=dict)

    def enter(self, names: Iterable[str], seen: int) -> None:
        """Count a stack of calls, outermost first."""
        call = self
        call.seen += seen
        for name in names:
            call = call.calls.setdefault(name, Call(name))
            call.seen += seen


class Box(NamedTuple):
    """Where a call is drawn: how deep, from which share of all looks on, and how wide."""

    name: str
    depth: int
    begin: float
    share: float


def calls_of(stacks: Iterable[str], below: str) -> Call:
    """Return the calls below one, from the stacks that py-spy wrote, each with its count behind it.

    Stacks in which something was compiled or imported are left out: that happens once.
    """
    top = Call("")
    for stack in stacks:
        if any(name in stack for name in ONCE):
            continue
        names, _, seen = stack.rstrip().rpartition(" ")
        found = names.split(";")
        at = next((at for at, name in enumerate(found) if below in name), None)
        if at is not None:
            top.enter([_NUMBERS.sub("", name) for name in found[at + 1 :]], int(seen))
    return top


def boxes(call: Call, looks: int, depth: int = 0, begin: float = 0.0) -> Iterator[Box]:
    """Yield what is drawn of a call and of those below it; of those that only hand on, the last is drawn."""
    while handed := [one for one in call.calls.values() if one.seen > HANDS_ON * call.seen]:
        call = handed[0]
    yield Box(call.name, depth, begin, call.seen / looks)
    for below in sorted(call.calls.values(), key=lambda one: -one.seen):
        if below.seen > LEAST * looks:
            yield from boxes(below, looks, depth + 1, begin)
            begin += below.seen / looks


def draw(title: str, drawn: Sequence[Box], path: Path) -> None:
    """Draw boxes below each other, ours in another colour than those of libraries."""
    depth = max(box.depth for box in drawn) + 1
    figure, axes = sheet(title, 14, 0.4 + 0.22 * depth)
    for box in drawn:
        _draw(axes, box)
    axes.set(xlim=(0, 1), ylim=(depth, 0))
    axes.set_axis_off()
    save(figure, path)


def _draw(axes: Any, box: Box) -> None:
    is_ours = any(folder in box.name for folder in OURS)
    colour = INK if is_ours else GREY
    axes.barh(box.depth + 0.5, box.share, 1.0, box.begin, color=colour, edgecolor="white", linewidth=0.6)
    told = f"{box.share:.0%} {box.name}"[: int(LETTERS * box.share)]
    if len(told) < FEWEST_LETTERS:
        return
    ink = "white" if is_ours else "black"
    axes.text(box.begin + 0.002, box.depth + 0.5, told, color=ink, fontsize=7, va="center", clip_on=True)


def profile(row: str, picture: Picture, articles: int, folder: Path) -> Path:
    """Run a row under py-spy and draw what was seen; return the picture."""
    with TemporaryDirectory(prefix="storyfold-") as place:
        stacks = Path(place) / "stacks"
        looking = [str(PY_SPY), "record", "--subprocesses", "--threads", "--format", "raw", "--output", str(stacks)]
        looking += ["--rate", str(LOOKS_PER_SECOND), *(["--gil"] if picture.is_locked else [])]
        running = [sys.executable, str(HERE / "speed.py"), row, "--articles", str(articles), "--runs", "1"]
        subprocess.run([*looking, "--", *running, "--into", place], check=True, stdout=subprocess.DEVNULL)
        with stacks.open(encoding="utf-8") as lines:
            top = calls_of(lines, picture.below)
    path = folder / f"{row}.svg"
    title = f"{row}, {picture.about}: {top.seen:,} looks, {articles:,} articles; dark is ours, grey libraries"
    draw(title, list(boxes(top, top.seen)), path)
    return path


def main() -> None:
    """Draw the rows that were asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("rows", nargs="*", metavar="ROW", help=", ".join(PICTURES))
    parser.add_argument("--articles", type=int, help="how many, in every row")
    parser.add_argument("--into", type=Path, default=HERE / "profiles", help="the folder of the pictures")
    options = parser.parse_args()
    if unknown := [name for name in options.rows if name not in PICTURES]:
        parser.error(f"no picture of {', '.join(unknown)}; there are {', '.join(PICTURES)}")
    if find_spec("matplotlib") is None or not PY_SPY.exists():
        parser.error("matplotlib and py-spy are needed: they come with the extra `bench`")
    options.into.mkdir(parents=True, exist_ok=True)
    for name in options.rows or PICTURES:
        picture = PICTURES[name]
        print(profile(name, picture, options.articles or picture.articles, options.into))


if __name__ == "__main__":
    main()
