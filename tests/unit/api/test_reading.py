"""Logs and volumes over the API."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, cast

import pytest

from composer.access import Principal
from deployer import api_reading
from deployer.api_reading import LogsQuery
from deployer.engines.docker import DockerEngine
from deployer.engines.interface import EngineError, LogLine
from tests.unit.api.conftest import PEOPLE


@dataclass
class Talking:
    """An engine with what was written at each look; it forgets nothing, as engines do not."""

    looks: list[list[LogLine]]
    asked: list[tuple[int | None, float | None]] = field(default_factory=list)

    def logs(
        self, project: str, component: str | None, *, follow: bool, tail: int | None, since: float | None
    ) -> Iterator[LogLine]:
        self.asked.append((tail, since))
        if not self.looks:
            raise EngineError("the engine does not answer", retry=True)
        yield from self.looks.pop(0)


ONE, TWO, THREE = (LogLine("web", 1, "stdout", float(number), f"line {number}") for number in (1, 2, 3))


def told(engine: Talking, caller: Principal | None = PEOPLE["vic"], **query: Any) -> list[dict[str, Any]]:
    lines = api_reading._told(
        cast(DockerEngine, engine), "shop", LogsQuery(**query), lambda moment: caller, lambda: 0.0
    )
    return [json.loads(line) for line in lines]


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(api_reading, "LOOK_EVERY", 0.0)


def test_the_lines_that_were_written_are_told_and_no_more_than_asked_for():
    engine = Talking([[ONE, TWO]])
    assert [each["text"] for each in told(engine, tail=2, since=0.5)] == ["line 1", "line 2"]
    assert engine.asked == [(2, 0.5)]


def test_lines_that_are_followed_come_once_each_also_from_a_replica_that_came_later():
    other = LogLine("web", 2, "stdout", 2.0, "another")
    engine = Talking([[ONE, TWO], [TWO, other], [THREE]])
    assert [each.get("text", each.get("fault", "")) for each in told(engine, follow=True)] == [
        "line 1",
        "line 2",
        "",
        "another",
        "",
        "line 3",
        "",
        "the engine does not answer",
    ]


@pytest.mark.parametrize("caller", [None, PEOPLE["eve"]], ids=["signed out", "no member any more"])
def test_whoever_lost_the_right_to_look_is_told_no_more(caller: Principal | None):
    assert [each["text"] for each in told(Talking([[ONE], [TWO]]), caller, follow=True)] == ["line 1"]
