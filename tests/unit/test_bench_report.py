"""The report of the deploy benchmark: from samples to the table of docs/benchmarks.md."""

from bench.deploy.report import markdown
from bench.deploy.rows import Row, findings

OURS, THEIRS = ("isolated", "up"), ("compose", "up")


def table(row: Row, **samples: list[float]) -> list[str]:
    return markdown(findings({("isolated", "up"): samples["ours"], THEIRS: samples.get("theirs", [])}, [row])).split(
        "\n"
    )[2:]


def test_a_row_gives_medians_spreads_and_the_ratio_of_pairs():
    row = Row("first", "first deploy", OURS, THEIRS, 0.5)
    assert table(row, ours=[1.0, 2.0, 3.0], theirs=[4.0, 4.0, 4.0]) == [
        "| first deploy | 2.00 s (1.00–3.00) | 4.00 s (4.00–4.00) | 0.50 (0.25–0.75) | ≤ 0.5 | met |"
    ]


def test_a_loss_is_published_as_well():
    row = Row("first", "first deploy", OURS, THEIRS, 0.5)
    assert table(row, ours=[3.0], theirs=[4.0]) == [
        "| first deploy | 3.00 s (3.00–3.00) | 4.00 s (4.00–4.00) | 0.75 (0.75–0.75) | ≤ 0.5 | missed |"
    ]


def test_without_compose_ours_stands_alone():
    row = Row("first", "first deploy", OURS, THEIRS, 0.5)
    assert table(row, ours=[3.0]) == ["| first deploy | 3.00 s (3.00–3.00) |  |  | ≤ 0.5 |  |"]


def test_a_target_in_seconds_needs_nothing_to_compare_with():
    row = Row("plan", "CPU of a plan", OURS, None, 1.0)
    assert table(row, ours=[0.9]) == ["| CPU of a plan | 0.90 s (0.90–0.90) |  |  | ≤ 1 s | met |"]


def test_short_times_are_told_in_milliseconds():
    row = Row("noop", "nothing to do", OURS, None, None)
    assert table(row, ours=[0.0123]) == ["| nothing to do | 12 ms (12–12) |  |  |  |  |"]


def test_what_was_not_measured_has_no_row():
    assert findings({}, [Row("first", "first deploy", OURS, THEIRS, 0.5)]) == []
