"""When a job runs: five cron fields."""

from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache

from cronsim import CronSim, CronSimError

from composer import syntax
from composer.quoting import shown
from composer.reading.faults import Faults
from composer.reading.nodes import Node
from composer.reading.scalars import text

_REMEDY = "five fields, such as `15 3 * * *`"


def schedule(faults: Faults, node: Node, path: str) -> str | None:
    """A reader of texts that may be schedules; whether they are, `note_unknown` tells."""
    found = text(faults, node, path)
    if found is None or len(found) <= syntax.SCHEDULE_LENGTH:
        return found
    faults.add(node, path, f"{shown(found)} is not a schedule", _REMEDY)
    return None


def note_unknown(faults: Faults, schedules: Mapping[str, tuple[str, Node]]) -> None:
    """Notes which of `schedules`, by path, are none, and where there are more different ones than can be looked at.

    A schedule costs 17 µs to look at, and 160 µs when it is made to cost much.
    """
    looked_at: set[str] = set()
    length = 0
    for path, (found, node) in schedules.items():
        if found not in looked_at:
            looked_at.add(found)
            length += len(found)
        if length > syntax.SCHEDULES_LENGTH:
            fault = f"different schedules may have {syntax.SCHEDULES_LENGTH:,} characters together, and these have more"
            faults.add(node, path, fault, "let jobs share a schedule, or draw several projects")
            return
        if fault := _fault(found):
            faults.add(node, path, f"{shown(found)} is not a schedule: {fault}", _REMEDY)


@lru_cache(maxsize=1024)
def _fault(schedule: str) -> str:
    if len(schedule.split()) != 5:
        return "there are not five fields"
    try:
        CronSim(schedule, datetime(2000, 1, 1))
    except CronSimError as error:
        return str(error)[:1].lower() + str(error)[1:]
    return ""
