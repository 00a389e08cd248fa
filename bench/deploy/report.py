"""Findings as the table of docs/benchmarks.md."""

from collections.abc import Iterable

from bench.deploy.rows import Finding

Spread = tuple[float, float, float]


def markdown(found: Iterable[Finding]) -> str:
    """The table: medians, with least and most in brackets."""
    lines = ["| what | Backdraft | Compose | ratio | target | |", "|---|---|---|---|---|---|"]
    for finding in found:
        target = finding.row.target
        unit = "" if finding.row.theirs else " s"
        cells = (
            finding.row.title,
            _seconds(finding.ours),
            _seconds(finding.theirs) if finding.theirs else "",
            _ratio(finding.ratio) if finding.ratio else "",
            f"≤ {target:g}{unit}" if target is not None else "",
            finding.verdict,
        )
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def _seconds(spread: Spread) -> str:
    if spread[0] < 0.1:
        middle, least, most = (1000 * value for value in spread)
        return f"{middle:.0f} ms ({least:.0f}–{most:.0f})"
    return "{:.2f} s ({:.2f}–{:.2f})".format(*spread)


def _ratio(spread: Spread) -> str:
    return "{:.2f} ({:.2f}–{:.2f})".format(*spread)
