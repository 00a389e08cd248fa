"""When a job runs."""

from datetime import datetime
from functools import lru_cache

from cronsim import CronSim, CronSimError

from composer import syntax
from composer.quoting import shown
from composer.reading.faults import Faults
from composer.reading.nodes import Node
from composer.reading.scalars import text


def schedule(faults: Faults, node: Node, path: str) -> str | None:
    """A reader of five cron fields."""
    found = text(faults, node, path)
    if found is None:
        return None
    if len(found) > syntax.SCHEDULE_LENGTH or (fault := _cron_fault(found)):
        reason = f": {fault}" if len(found) <= syntax.SCHEDULE_LENGTH else ""
        faults.add(node, path, f"{shown(found)} is not a schedule{reason}", "five fields, such as `15 3 * * *`")
        return None
    return found


@lru_cache(maxsize=1024)
def _cron_fault(text: str) -> str:
    if len(text.split()) != 5:
        return "there are not five fields"
    try:
        CronSim(text, datetime(2000, 1, 1))
    except CronSimError as error:
        return str(error)[:1].lower() + str(error)[1:]
    return ""
