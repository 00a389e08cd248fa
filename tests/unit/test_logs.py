"""The lines of several containers, from an engine that only pretends."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import pytest
import requests
from docker.errors import APIError

from deployer.engines.docker import DockerEngine
from deployer.engines.interface import EngineError


@dataclass
class Client:
    """Has a container with two lines, and a second one that was removed as soon as it was listed.

    Following the first one ends as `breaks` says.
    """

    status: int = 404
    breaks: Exception | None = None

    def containers(self, **filters: object) -> list[dict[str, Any]]:
        names = {"here": "api", "gone": "db"}
        return [{"Id": number, "Labels": {"backdraft.component": name}} for number, name in names.items()]

    def logs(self, container: str, *, stdout: bool, follow: bool, **options: object) -> Iterable[bytes]:
        if container == "gone":
            answer = requests.Response()
            answer.status_code = self.status
            raise APIError("refused", answer, "no such container: \x1b[31mgone")
        if not stdout:
            return iter(())
        if follow:
            return self._to_come()
        return iter([b"2026-01-01T00:00:01Z one\n2026-01-01T00:00:02Z t", b"wo\n"])

    def _to_come(self) -> Iterable[bytes]:
        yield b"2026-01-01T00:00:03Z three\n"
        if self.breaks:
            raise self.breaks


def read(client: Client, *, follow: bool = False) -> list[str]:
    lines = DockerEngine(client).logs("shop", None, follow=follow, tail=None, since=None)  # type: ignore[arg-type]
    told = []
    try:
        told.extend(f"{line.component}: {line.text}" for line in lines)
    except EngineError as error:
        return [str(error)]
    return told


@pytest.mark.parametrize("status", [404, 409])
def test_a_container_that_went_away_has_no_lines(status: int):
    assert read(Client(status)) == ["api: one", "api: two"]
    assert read(Client(status), follow=True) == ["api: one", "api: two", "api: three"]


def test_an_engine_that_refuses_is_told_in_a_sentence():
    assert read(Client(500)) == ["could not read the logs of shop: no such container: \\x1b[31mgone"]


def test_a_stream_that_breaks_is_told_by_who_reads_it():
    client = Client(breaks=requests.ConnectionError("reset by peer"))
    assert read(client, follow=True) == ["the logs end here: reset by peer"]
