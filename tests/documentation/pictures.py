"""The pictures of ``docs``: reports of real runs as a browser shows them, and a terminal."""

from __future__ import annotations

import io
import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from PIL import Image
from playwright.sync_api import FloatRect, sync_playwright
from rich.console import Console
from rich.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser

ROOT = Path(__file__).parents[2]
PICTURES = ROOT / "docs" / "pictures"
RECORDING = ROOT / "tests" / "selftest" / "recordings" / "bifrost-1.4.19-auth-on.har"

#: The bytes that a picture may take.
LARGEST = 150 * 1024

#: Colours of a picture's palette, the most first: the fewer, the smaller.
_PALETTES = (256, 128, 64, 32)

#: CSS pixels; the device has twice as many each way, so that text stays sharp.
_WIDTH, _HEIGHT = 1000, 640
_COLUMNS = 100


@dataclass(frozen=True, slots=True)
class Shot:
    """A part of a page, by a selector, with a margin in CSS pixels but above it; the first screen without one."""

    name: str
    selector: str = ""
    scheme: Literal["light", "dark"] = "light"
    margin: int = 0


SHOTS = (
    Shot("report-light"),
    Shot("report-dark", scheme="dark"),
    Shot("failure", selector="#CUST-SCH-003"),
    Shot("unlocking", selector="#unverified", margin=20),
)


def write() -> None:
    """Make every picture again; raises ``RuntimeError`` for one that is too large, or shows what is not there."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="pictures-") as folder, sync_playwright() as playwright:
        shown = _judged(Path(folder))
        browser = playwright.chromium.launch(executable_path=os.environ.get("CHROMIUM", "/usr/bin/chromium"))
        taken = {shot.name: _taken(browser, Path(folder) / "report" / "report.html", shot) for shot in SHOTS}
        taken["terminal"] = _terminal(browser, shown, Path(folder))
        browser.close()
    for name, png in taken.items():
        (PICTURES / f"{name}.png").write_bytes(_small(name, png))
        sys.stdout.write(f"docs/pictures/{name}.png\n")


def _judged(folder: Path) -> str:
    """Judge the recording, and return what the terminal shows, its colours as escapes."""
    command = [sys.executable, "-m", "customers_conformance", "judge", str(RECORDING.relative_to(ROOT))]
    done = subprocess.run(
        [*command, "--out", str(folder / "report")],
        cwd=ROOT,
        env={**os.environ, "FORCE_COLOR": "1", "TERM": "xterm-256color", "COLUMNS": str(_COLUMNS)},
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stdout.replace(str(folder / "report"), "conformance-report")


def _taken(browser: Browser, file: Path, shot: Shot) -> bytes:
    context = browser.new_context(
        color_scheme=shot.scheme, device_scale_factor=2, viewport={"width": _WIDTH, "height": _HEIGHT}
    )
    page = context.new_page()
    page.goto(file.as_uri())
    clip = None
    if shot.selector:
        box = page.locator(shot.selector).bounding_box()
        if box is None:
            raise RuntimeError(f"{shot.name}: the page has no {shot.selector}")
        clip = FloatRect(
            x=box["x"] - shot.margin,
            y=box["y"],
            width=box["width"] + 2 * shot.margin,
            height=box["height"] + shot.margin,
        )
    png = page.screenshot(clip=clip, full_page=clip is not None)
    context.close()
    return png


def _terminal(browser: Browser, shown: str, folder: Path) -> bytes:
    """What a terminal shows, drawn by rich; its web font is left out, since nothing is fetched."""
    console = Console(record=True, width=_COLUMNS, file=io.StringIO(), force_terminal=True, color_system="truecolor")
    # The empty line keeps the last one whole: rich cuts below its baseline.
    console.print(Text.from_ansi(f"$ customers-conformance judge {RECORDING.name}\n" + shown.rstrip() + "\n"))
    svg = "\n".join(_without_fonts(console.export_svg(title="customers-conformance")))
    file = folder / "terminal.html"
    file.write_text(f"<!doctype html><meta charset=utf-8><style>body{{margin:0}}</style>{svg}", encoding="utf-8")
    return _taken(browser, file, Shot("terminal", selector="svg"))


def _without_fonts(svg: str) -> Iterator[str]:
    """The lines of a drawing without the rules that fetch a font."""
    inside = False
    for line in svg.splitlines():
        inside = inside or "@font-face" in line
        if not inside:
            yield line.replace("Fira Code", "DejaVu Sans Mono")
        elif line.strip() == "}":
            inside = False


def _small(name: str, png: bytes) -> bytes:
    picture = Image.open(io.BytesIO(png)).convert("RGB")
    for colours in _PALETTES:
        written = io.BytesIO()
        picture.quantize(colours).save(written, "PNG", optimize=True)
        if written.tell() <= LARGEST:
            return written.getvalue()
    raise RuntimeError(f"{name}: {written.tell()} bytes; allowed are {LARGEST}")
