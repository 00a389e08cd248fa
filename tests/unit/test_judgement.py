from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import templates
from composer.catalogue import Catalogue, standard
from composer.document import DocumentError, parse
from composer.judgement import Judgement, judged
from composer.model import Component, Placement, Problem, Publication, Schema
from composer.validation import validate
from tests.unit.catalogue_of_tests import DOCUMENTS, catalogue
from tests.unit.test_document import YAML_WORDS

HEAD = "backdraft: 1\nname: shop\n"


JUDGED = sorted(path.stem for path in (DOCUMENTS / "judged").glob("*.yml"))


@pytest.mark.parametrize("name", JUDGED)
def test_form_and_meaning_are_judged_in_one_pass_and_what_could_not_be_read_raises_no_false_alarm(name: str) -> None:
    text = DOCUMENTS / "judged" / f"{name}.yml"
    problems = judged(text.read_bytes(), standard()).problems
    assert "\n".join(map(str, problems)) == text.with_suffix(".txt").read_text().rstrip("\n")


def test_a_judgement_says_whether_it_is_all_there_is() -> None:
    many = HEAD + "".join(f"k{n}: 1\n" for n in range(300))
    unknown = HEAD + "components:\n" + "".join(f"  c{n}: {{kind: x}}\n" for n in range(300))
    found = [judged(text, standard()) for text in (HEAD, HEAD + "k: 1\n", many, unknown)]
    assert [(len(each.problems), each.is_complete) for each in found] == [
        (0, True),
        (1, True),
        (100, False),
        (200, False),
    ]


GOOD: list[tuple[Path, Catalogue]] = [
    *((path, catalogue()) for path in sorted((DOCUMENTS / "good").glob("*.yml"))),
    *((path, standard()) for path in sorted(templates.STACKS.glob("*/backdraft.yml"))),
]


def formal_problems(text: str) -> tuple[Problem, ...]:
    try:
        parse(text)
    except DocumentError as error:
        return error.problems
    return ()


@pytest.mark.parametrize(("path", "kinds"), GOOD, ids=lambda value: value.stem if isinstance(value, Path) else "")
def test_one_fault_of_form_in_a_good_document_is_the_only_problem(path: Path, kinds: Catalogue) -> None:
    lines = path.read_text().splitlines()
    for place in set(parse(path.read_bytes()).places.values()):
        for damage in ("X-", "- ", "[], "):
            changed = list(lines)
            line = changed[place.line - 1]
            changed[place.line - 1] = line[: place.column - 1] + damage + line[place.column - 1 :]
            text = "\n".join(changed) + "\n"
            if formal := formal_problems(text):
                assert judged(text, kinds) == Judgement(None, formal), text


@given(st.lists(YAML_WORDS, max_size=40).map("".join))
@settings(deadline=None, max_examples=300)
def test_any_heap_of_yaml_can_be_judged(text: str) -> None:
    assert judged(HEAD + text, standard())


ADDRESSES = st.sampled_from(
    ["127.0.0.1", "0.0.0.0", "10.0.0.1", "::", "::1", "0:0:0:0:0:0:0:1", "2001:db8::1"]  # noqa: S104 (read only)
)
WANTED = st.tuples(ADDRESSES, st.sampled_from([80, 81]), st.sampled_from([None, "one", "two"]))


@given(st.lists(WANTED, max_size=8))
@settings(deadline=None, max_examples=300)
def test_two_want_the_same_port_when_their_addresses_and_their_hosts_overlap(wanted: list[tuple[Any, ...]]) -> None:
    components = {
        f"c{number}": Component(
            f"c{number}", "nginx", publish={"http": Publication(port, address)}, place=Placement(host=host)
        )
        for number, (address, port, host) in enumerate(wanted)
    }
    told = [problem.path for problem in validate(Schema("shop", components), standard())]
    assert sorted(told) == [
        f"components/c{number}/publish/http"
        for number, one in enumerate(wanted)
        if any(overlap(one, other) for other in wanted[:number])
    ]


def overlap(one: tuple[Any, ...], other: tuple[Any, ...]) -> bool:
    (address, port, host), (other_address, other_port, other_host) = one, other
    addresses = ip_address(address), ip_address(other_address)
    return (
        port == other_port
        and (host is None or other_host is None or host == other_host)
        and addresses[0].version == addresses[1].version
        and (addresses[0] == addresses[1] or any(each.is_unspecified for each in addresses))
    )
