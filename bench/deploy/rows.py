"""What is compared with what, and what it should come to."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median

Place = tuple[str, str]
"""A side and its verb."""
Samples = Mapping[Place, Sequence[float]]


@dataclass(frozen=True)
class Row:
    """One line of the report: `ours` takes at most `target` times as long as `theirs`.

    Without `theirs`, the target is a time in seconds; without a target, the row is there to be known.
    """

    group: str
    title: str
    ours: Place
    theirs: Place | None
    target: float | None


@dataclass(frozen=True)
class Finding:
    """A row with what was measured: seconds as (median, least, most); `ratio` is the median over pairs of a round."""

    row: Row
    ours: tuple[float, float, float]
    theirs: tuple[float, float, float] | None
    ratio: tuple[float, float, float] | None

    @property
    def verdict(self) -> str:
        """`met`, `missed`, or nothing where there is no target or nothing to compare with."""
        found = self.ratio if self.row.theirs else self.ours
        if self.row.target is None or found is None:
            return ""
        return "met" if found[0] <= self.row.target else "missed"


ROWS = (
    Row("first", "first deploy, isolated; `up -d --wait`", ("isolated", "up"), ("compose", "up"), 0.5),
    Row("first", "first deploy, one network; `up -d --wait`", ("shared", "up"), ("compose", "up"), 0.3),
    Row("first", "first deploy, isolated; Compose tuned", ("isolated", "up"), ("tuned", "up"), 0.6),
    Row("first", "first deploy, one network; Compose tuned", ("shared", "up"), ("tuned", "up"), 0.5),
    Row(
        "first",
        "first deploy, isolated, through a server; `up -d --wait`",
        ("isolated served", "up"),
        ("compose", "up"),
        None,
    ),
    Row(
        "first",
        "first deploy, one network, through a server; `up -d --wait`",
        ("shared served", "up"),
        ("compose", "up"),
        None,
    ),
    Row(
        "first",
        "first deploy, isolated, through a server; Compose tuned",
        ("isolated served", "up"),
        ("tuned", "up"),
        None,
    ),
    Row(
        "first",
        "first deploy, one network, through a server; Compose tuned",
        ("shared served", "up"),
        ("tuned", "up"),
        None,
    ),
    Row("first", "first deploy, isolated; `up -d`, nothing checked", ("isolated", "up"), ("hurried", "up"), None),
    Row("first", "first deploy, one network; `up -d`, nothing checked", ("shared", "up"), ("hurried", "up"), None),
    Row("first", "first deploy, `network: pairs`; `up -d --wait`", ("pairs", "up"), ("compose", "up"), None),
    Row("change", "three replicas changed, isolated", ("isolated", "change"), ("compose", "change"), 0.7),
    Row("change", "the same, through a server", ("isolated served", "change"), ("compose", "change"), None),
    Row("change", "three replicas changed, one network", ("shared", "change"), ("compose", "change"), None),
    Row("change", "three replicas changed, isolated; Compose tuned", ("isolated", "change"), ("tuned", "change"), None),
    Row("down", "take-down, isolated", ("isolated", "down"), ("compose", "down"), 1.0),
    Row("down", "the same, through a server", ("isolated served", "down"), ("compose", "down"), None),
    Row("down", "take-down, one network", ("shared", "down"), ("compose", "down"), 0.65),
    Row("down", "the same, through a server", ("shared served", "down"), ("compose", "down"), None),
    Row("down", "take-down, `network: pairs`", ("pairs", "down"), ("compose", "down"), None),
    Row("noop", "nothing to do, in a warm process", ("isolated", "warm"), ("compose", "nothing"), 0.1),
    Row("noop", "nothing to do, the whole process", ("isolated", "nothing"), ("compose", "nothing"), 3.0),
    Row("noop", "the same, warm; Compose without health", ("isolated", "warm"), ("hurried", "nothing"), None),
    Row("noop", "the same, whole; Compose without health", ("isolated", "nothing"), ("hurried", "nothing"), None),
    Row("plan", "CPU to validate and plan 1,000 components", ("pure", "plan"), None, 1.0),
)
GROUPS = tuple(dict.fromkeys(row.group for row in ROWS))


def findings(samples: Samples, rows: Sequence[Row] = ROWS) -> list[Finding]:
    """A finding for each row of which our side was measured."""
    return [_finding(row, samples) for row in rows if samples.get(row.ours)]


def _finding(row: Row, samples: Samples) -> Finding:
    ours = samples[row.ours]
    theirs = samples.get(row.theirs, ()) if row.theirs else ()
    pairs = [mine / other for mine, other in zip(ours, theirs, strict=False)]
    return Finding(row, _spread(ours), _spread(theirs) if theirs else None, _spread(pairs) if pairs else None)


def _spread(values: Sequence[float]) -> tuple[float, float, float]:
    return median(values), min(values), max(values)
