from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import templates
from composer.catalogue import Catalogue, standard
from composer.document import DocumentError, parse
from composer.judgement import Judgement, judged
from composer.model import Problem
from tests.unit.catalogue_of_tests import DOCUMENTS, catalogue
from tests.unit.test_document import CPU_SECONDS, YAML_WORDS, cpu_seconds

HEAD = "backdraft: 1\nname: shop\n"
FREE = "source: {directory: .}"


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


def components(form: str, count: int = 2_000) -> str:
    return HEAD + "components:\n" + "".join(f"  {form.replace('#', str(n))}\n" for n in range(count))


def environment(values: str) -> str:
    return (
        HEAD
        + "components:\n  db: {kind: postgres}\n"
        + f"  a: {{kind: worker, {FREE}, environment: {{{values}}}}}\n"
        + "connections: [{from: a, to: db}]\n"
    )


def lines(form: str, count: int = 4_900) -> str:
    return "connections:\n" + "".join(f"  - {{{form.replace('#', str(n))}}}\n" for n in range(count))


PORTS = ", ".join(f"p{n}: {{protocol: {'smtp' if n else 'http'}, number: {n + 1}}}" for n in range(50))
COSTLY = {
    "unknown ends": components("component-#: {kind: redis}") + lines("from: compnent-#, to: compinent-#"),
    "unknown boxes": components("component-#: {kind: redis}")
    + "layout:\n"
    + "".join(f"  compnent-{n}: [0, 0]\n" for n in range(2_000)),
    "unknown kinds": components("c#: {kind: pos#gres}"),
    "unknown references": components(
        f"component-#: {{kind: worker, {FREE}, environment: {{A: '${{compnent-#.url}}'}}}}"
    ),
    "unknown ends and a fault of form": components("component-#: {kind: redis}")
    + lines("from: compnent-#, to: compinent-#")
    + "x: 1\n",
    "settings": components("c#: {kind: haproxy, settings: {timeout: 1#, connections: 1#, version: '1.#'}}"),
    "bad settings": components("c#: {kind: haproxy, settings: {timeout: z#, connections: -#, version: '-#'}}"),
    "a long setting": components("s: {kind: nginx, settings: {version: [" + "1," * 40_000 + "]}}", 1),
    "many small references": environment(", ".join(f"A{n}: '${{db.url}}'" for n in range(20_000))),
    "long references": environment(f"A: '{''.join(f'${{secret.X{n}}}' for n in range(9_000))}'"),
    "long wrong references": environment(f"A: '{''.join(f'${{db.x{n}}}' for n in range(9_000))}'"),
    "a server of 50 ports": components(f"s: {{kind: container, image: x, ports: {{{PORTS}}}}}", 1)
    + "  p: {kind: nginx}\n"
    + lines("from: p, to: s, path: /a#"),
    "many volumes": components(
        f"c#: {{kind: container, image: x, volumes: {{{', '.join(f'v{n}: /d/{n}' for n in range(1_000))}}}}}", 20
    ),
    "one port of many hosts": components("c#: {kind: nginx, publish: {http: 80}, place: {host: h#}}"),
}


@pytest.mark.parametrize("text", COSTLY.values(), ids=COSTLY)
def test_no_text_costs_more_to_judge_than_is_promised(text: str) -> None:
    # the promise is 300 ms: that of the reader, and half as much for the meaning
    assert cpu_seconds(lambda: judged(text, standard())) < 1.5 * CPU_SECONDS
