"""Two releases side by side."""

from composer.document import parse
from deployer.comparing import component_changes, schema_difference

BEFORE = """backdraft: 1
name: shop
components:
  api: {kind: python, source: {directory: api}, replicas: 2, note: "old"}
  db: {kind: postgres}
  old: {kind: redis}
connections:
  - {from: api, to: db}
"""
AFTER = BEFORE.replace("replicas: 2", "replicas: 3").replace("old: {kind: redis}", "new: {kind: redis}")
AFTER = AFTER.replace("to: db}", "to: db, as: STORE}") + "layout: {api: [0, 0]}\n"


def told(before: str, after: str, images_before: dict[str, str], images_after: dict[str, str]) -> list[str]:
    changes = component_changes(parse(before), parse(after), images_before, images_after)
    return [f"{each.component} {each.change} {' '.join(each.what)}".rstrip() for each in changes]


def test_what_changed_is_told_for_each_component():
    assert told(BEFORE, AFTER, {"api": "1"}, {"api": "2"}) == [
        "api changed connections image replicas",
        "db changed connections",
        "new added",
        "old removed",
    ]


def test_what_only_looks_different_is_no_change_of_a_component():
    after = (
        BEFORE.replace('"old"', '"new", group: Orders')
        + "notes: {why: {text: so, at: [0, 0]}}\n"
        + "layout: {api: [0, 0]}\n"
    )
    assert told(BEFORE, after, {}, {}) == []
    assert schema_difference(BEFORE, after, "a", "b").splitlines()[:2] == ["--- a", "+++ b"]
    assert schema_difference(BEFORE, BEFORE, "a", "b") == ""
