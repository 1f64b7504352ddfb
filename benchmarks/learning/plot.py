"""The plot of docs/learning.md: an SVG of dots and intervals that reads on light and on dark pages."""

from collections.abc import Mapping

from benchmarks.learning.experiment import OURS, Figures
from benchmarks.learning.measures import interval
from benchmarks.learning.teachers import TEACHERS

WIDTH, ROW, LEFT, PANEL, GAP = 900, 26, 210, 300, 60
STYLE = """
  text { font: 13px system-ui, sans-serif; fill: #1f2328 } .head { font-weight: 600 } .small { font-size: 11px }
  .ours { fill: #0969da; stroke: #0969da } .other { fill: #59636e; stroke: #59636e } .axis { stroke: #d1d9e0 }
  @media (prefers-color-scheme: dark) {
    text { fill: #f0f6fc } .ours { fill: #4493f8; stroke: #4493f8 } .other { fill: #9198a1; stroke: #9198a1 }
    .axis { stroke: #3d444d }
  }
"""
PANELS = {
    "gain per hour": ("Learning gain, exam points an hour", 1.0, 2),
    "time in band": ("Time in the 60-75 % success band, %", 100.0, 0),
}


def svg(found: Mapping[str, Figures]) -> str:
    """`found`: the figures by the name of the catalogue. Each panel has its own scale from zero."""
    rows = [(name, teacher) for name in found for teacher in TEACHERS]
    height = 56 + (ROW * len(TEACHERS) + 30) * len(found)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img"'
        f' aria-label="Learning gain and time in the success band by teacher">',
        f"<style>{STYLE}</style>",
    ]
    tops = {row: _top(list(found), row) for row in rows}
    parts += [_text(12, tops[name, next(iter(TEACHERS))] - 22, name, "head") for name in found]
    parts += [_text(12, top + 4, teacher) for (_, teacher), top in tops.items()]
    for place, measure in enumerate(PANELS):
        parts += _panel(measure, LEFT + 20 + place * (PANEL + GAP), found, tops, height)
    return "\n".join([*parts, "</svg>"]) + "\n"


def _top(names: list[str], row: tuple[str, str]) -> float:
    name, teacher = row
    block = names.index(name) * (ROW * len(TEACHERS) + 30)
    return 78 + block + ROW * list(TEACHERS).index(teacher)


def _panel(
    measure: str,
    left: float,
    found: Mapping[str, Figures],
    tops: Mapping[tuple[str, str], float],
    height: float,
) -> list[str]:
    title, scale, digits = PANELS[measure]
    spans = {row: interval(found[row[0]][row[1]][measure]) for row in tops}
    most = 1.1 * max(mean + half for mean, half in spans.values())
    parts = [_text(left, 20, title, "head")]
    parts.append(f'<line class="axis" x1="{left}" y1="34" x2="{left}" y2="{height - 12}"/>')
    for row, (mean, half) in spans.items():
        kind, y = ("ours" if row[1] == OURS else "other"), tops[row]
        low, middle, high = (left + PANEL * value / most for value in (mean - half, mean, mean + half))
        parts.append(
            f'<line class="{kind}" stroke-width="2" x1="{low:.1f}" y1="{y}" x2="{high:.1f}" y2="{y}"/>'
        )
        parts.append(f'<circle class="{kind}" cx="{middle:.1f}" cy="{y}" r="4.5"/>')
        parts.append(_text(high + 8, y + 4, f"{mean * scale:.{digits}f}", "small"))
    return parts


def _text(x: float, y: float, words: str, kind: str = "") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" class="{kind}">{words}</text>'
