import inspect
import re
from pathlib import Path

import pytest

import composer.advice
import templates
from composer.advice import Capacity, advise
from composer.catalogue import standard
from composer.document import parse
from composer.validation import validate
from tests.unit.catalogue_of_tests import catalogue

CASES = Path(__file__).parent / "advice"
ONE_HOST = Capacity(memory=8 * 2**30, cpus=4)


@pytest.mark.parametrize("name", sorted(path.stem for path in CASES.glob("*.yml")))
def test_a_schema_that_can_run_is_given_this_advice(name: str) -> None:
    schema = parse((CASES / f"{name}.yml").read_bytes())
    assert validate(schema, catalogue()) == ()
    advice = "".join(f"{found}\n" for found in advise(schema, catalogue(), ONE_HOST))
    assert advice == (CASES / f"{name}.txt").read_text()


DRAWN = """
backdraft: 1
name: shop
components:
  front: {kind: nginx}
  api: {kind: python, source: {directory: .}, replicas: 2}
  db: {kind: postgres}
  cache: {kind: redis}
  memo: {kind: memcached}
  broker: {kind: rabbitmq}
  files: {kind: minio}
"""
TURNED = {
    "{from: front, to: api}": None,
    "{from: api, to: db}": None,
    "{from: db, to: api}": "a database is drawn as the client of an application, 'api'",
    "{from: broker, to: api}": "a message broker is drawn as the client of an application, 'api'",
    "{from: cache, to: front}": "a cache is drawn as the client of a proxy, 'front'",
    "{from: cache, to: memo}": "a cache is drawn as the client of another cache, 'memo'",
    "{from: db, to: cache}": "a database is drawn as the client of a cache, 'cache'",
    "{from: cache, to: files.s3}": "a cache is drawn as the client of a storage, 'files'",
    "{from: files, to: broker}": None,  # a storage may tell a broker of new files
}


@pytest.mark.parametrize(("line", "why"), TURNED.items())
def test_a_line_that_leads_back_up_is_told(line: str, why: str | None) -> None:
    schema = parse(f"{DRAWN}connections: [{line}]")
    assert validate(schema, standard()) == ()
    assert [advice.why for advice in advise(schema, standard()) if advice.id == "layering"] == ([why] if why else [])


# what the shop asks for fits on a small machine, and the ceilings that its kinds give to CPU are not counted
SMALL = Capacity(memory=4 * 2**30, cpus=1)


@pytest.mark.parametrize("stack", sorted(path.name for path in templates.STACKS.iterdir() if path.is_dir()))
def test_nothing_is_said_about_the_stacks_to_start_from(stack: str) -> None:
    schema = parse((templates.STACKS / stack / "backdraft.yml").read_bytes())
    assert advise(schema, standard(), SMALL) == ()


def test_there_is_a_case_for_every_advice_and_a_line_on_the_page() -> None:
    told = {
        line.partition(" ")[0].rstrip(":") for path in CASES.glob("*.txt") for line in path.read_text().splitlines()
    }
    written = set(re.findall(r'Advice\(\s*"([a-z-]+)"', inspect.getsource(composer.advice)))
    assert told == written
    page = (Path(__file__).parents[2] / "docs" / "schema.md").read_text()
    assert [each for each in sorted(written) if f"| `{each}` |" not in page] == []


def test_without_a_capacity_nothing_is_said_about_over_commitment() -> None:
    assert advise(parse((CASES / "over_commit.yml").read_bytes()), catalogue()) == ()
