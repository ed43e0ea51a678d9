"""The look of all figures, and how they become files and pieces of a page.

Lines are labelled where they end, colours are those of Okabe and Ito (told apart by colour-blind
readers too), grey is for what is not the point. Inside a page the ink follows the page, light or
dark; the files beside it are drawn on white.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fewrec.errors import MissingExtra

if TYPE_CHECKING:
    from matplotlib.figure import Figure

INK, SOFT, PALE = "#1c1e21", "#6b7078", "#b9bec6"
BLUE, ORANGE, GREEN = "#0072b2", "#d55e00", "#009e73"
_PAGE_COLOURS = {
    INK: "var(--ink)",
    SOFT: "var(--soft)",
    PALE: "var(--pale)",
    BLUE: "var(--blue)",
    ORANGE: "var(--orange)",
    GREEN: "var(--green)",
}
_RC: dict[Any, Any] = {
    "font.family": "sans-serif",
    "font.sans-serif": ["DejaVu Sans"],
    "font.size": 9,
    "text.color": INK,
    "axes.edgecolor": PALE,
    "axes.labelcolor": SOFT,
    "axes.titlecolor": INK,
    "axes.titlesize": 9.5,
    "axes.titlelocation": "left",
    "axes.titleweight": "bold",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.linewidth": 0.8,
    "xtick.color": SOFT,
    "ytick.color": SOFT,
    "xtick.major.size": 0,
    "ytick.major.size": 0,
    "svg.hashsalt": "fewrec",
    "savefig.dpi": 200,
}

NewFigure = Callable[[float, float], "Figure"]
"""Makes an empty figure of a width and a height in inches."""


@contextmanager
def style(*, text_as_text: bool = False) -> Iterator[NewFigure]:
    """The look of all figures while the block runs; nothing global stays changed.

    Args:
        text_as_text: Write letters into SVG as text instead of outlines.

    Yields:
        A function that makes an empty figure.

    Raises:
        MissingExtra: matplotlib is not installed.
    """
    try:
        from matplotlib import rc_context
        from matplotlib.figure import Figure
    except ImportError as error:
        raise MissingExtra("matplotlib", "plots", "Drawing figures") from error
    with rc_context({**_RC, "svg.fonttype": "none" if text_as_text else "path"}):
        yield lambda width, height: Figure(figsize=(width, height))


def save(figure: Figure, path: Path) -> list[Path]:
    """Write a figure as PNG and SVG beside each other, on white.

    Args:
        figure: Any figure.
        path: Without suffix.

    Returns:
        The two files.
    """
    files = [path.with_name(f"{path.name}.png"), path.with_name(f"{path.name}.svg")]
    with style():
        figure.savefig(files[0], facecolor="white", metadata={"Software": None})
        figure.savefig(files[1], facecolor="white", metadata={"Date": None, "Creator": None})
    return files


def inline(figure: Figure, what: str) -> str:
    """The figure as an SVG element whose ink and letters are those of the page.

    Args:
        figure: Any figure.
        what: What it shows, for readers who cannot see it; plain words without quotes.
    """
    buffer = io.StringIO()
    with style(text_as_text=True):
        figure.savefig(buffer, format="svg", transparent=True, metadata={"Date": None})
    svg = buffer.getvalue()
    svg = svg[svg.index("<svg") :]
    svg = re.sub(r"\s*<metadata>.*?</metadata>", "", svg, flags=re.DOTALL)
    for size in ("height", "width"):
        svg = re.sub(rf'(<svg[^>]*?) {size}="[^"]*"', r"\1", svg, count=1)
    for colour, variable in _PAGE_COLOURS.items():
        svg = svg.replace(colour, variable)
    svg = svg.replace("'DejaVu Sans', sans-serif", "inherit")
    return svg.replace("<svg", f'<svg role="img" aria-label="{what}"', 1)
