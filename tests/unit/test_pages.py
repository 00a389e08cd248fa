"""What the pages say about the product is what the product says."""

import re
from pathlib import Path

import pytest

import templates
from composer import syntax
from composer.catalogue import standard
from composer.document import parse
from composer.judgement import judged
from composer.reading import tree
from ui.commands.status import HEADS

ROOT = Path(__file__).parent.parent.parent


def test_the_readme_shows_the_schema_of_shop_as_it_is():
    assert (templates.STACKS / "shop" / "backdraft.yml").read_text() in (ROOT / "README.md").read_text()


def test_every_setting_stands_on_its_page():
    from ui.settings_page import page

    assert (ROOT / "docs" / "settings.md").read_text() == page(), "run: python -m ui.settings_page > docs/settings.md"


def test_every_link_between_pages_leads_somewhere():
    pages = [ROOT / "README.md", ROOT / "CHANGELOG.md", *(ROOT / "docs").rglob("*.md")]
    dangling = [
        f"{page.relative_to(ROOT)}: {target}"
        for page in pages
        for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text())
        if not (page.parent / target).exists()
    ]
    assert dangling == []


def test_every_field_of_a_component_is_explained_on_the_page_of_the_schema():
    from composer.document_schema import document_schema

    fields = document_schema()["$defs"]["component"]["properties"]
    page = (ROOT / "docs" / "schema.md").read_text()
    assert [field for field in fields if f"| `{field}`" not in page] == []


def test_how_much_fits_into_a_document_is_on_the_page_of_the_schema():
    bounds = (
        tree.DEPTH,
        tree.NODES,
        syntax.COMPONENTS,
        syntax.PORTS,
        syntax.PUBLICATIONS,
        syntax.CONNECTIONS,
        syntax.SCHEDULES_LENGTH,
        syntax.TEXT_LENGTH,
    )
    table = section("YAML, the safe part of it")
    assert [bound for bound in bounds if not re.search(rf"(?<![0-9,]){bound:,}(?![0-9,])", table)] == []


PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
SCHEMAS = [
    pytest.param(text, id=f"{page.stem} {number}")
    for page in PAGES
    for number, text in enumerate(re.findall(r"^```yaml\n(.*?)^```", page.read_text(), re.MULTILINE | re.DOTALL))
    if text.startswith("backdraft:")
]
SCHEMA_PAGE = (ROOT / "docs" / "schema.md").read_text()


def section(title: str) -> str:
    return SCHEMA_PAGE.partition(f"## {title}\n")[2].partition("\n## ")[0]


def problems(text: str) -> str:
    return "\n".join(map(str, judged(text, standard()).problems))


@pytest.mark.parametrize("text", SCHEMAS)
def test_every_schema_on_a_page_can_be_deployed_as_it_stands(text: str):
    assert problems(text) == ""


FIELDS = [
    (field, example.replace(r"\|", "|"))
    for field, examples in re.findall(r"^\| `(\w+)` \| (.*?) \| .* \|$", section("Components"), re.MULTILINE)
    for example in re.findall(r"`([^`]+)`", examples)
]
OTHER_COMPONENTS = {
    "kind": "{kind: EXAMPLE}",
    "settings": "{kind: postgres, settings: EXAMPLE}",
    "source": "{kind: python, source: EXAMPLE}",
    "image": "{kind: container, image: EXAMPLE}",
    "schedule": "{kind: job, source: {directory: .}, schedule: EXAMPLE}",
}


@pytest.mark.parametrize(("field", "example"), FIELDS)
def test_every_example_of_a_field_is_right(field: str, example: str):
    form = OTHER_COMPONENTS.get(field, f"{{kind: python, source: {{directory: .}}, {field}: EXAMPLE}}")
    assert problems(f"backdraft: 1\nname: shop\ncomponents:\n  a: {form.replace('EXAMPLE', example)}\n") == ""


CLIENTS = """\
backdraft: 1
name: shop
components:
  front: {kind: nginx}
  api: {kind: python, source: {directory: api}}
  report: {kind: worker, source: {directory: report}ENVIRONMENT}
  db: {kind: postgres}
"""


def test_the_examples_of_connections_are_right():
    [lines] = re.findall(r"```yaml\n(.*?)```", section("Connections"), re.DOTALL)
    assert problems(CLIENTS.replace("ENVIRONMENT", "") + lines) == ""


def test_the_examples_of_references_are_right():
    texts = re.findall(r"`(\$[^`]+)`", section("References"))
    values = ", ".join(f"V{number}: '{text}'" for number, text in enumerate(texts) if text != "${")
    assert len(texts) >= 5
    schema = CLIENTS.replace("ENVIRONMENT", f", environment: {{{values}}}")
    assert problems(schema + "connections: [{from: report, to: db}]\n") == ""


def test_every_way_to_draw_networks_is_explained():
    found = re.findall(r"^\| `(\w+)` \|", section("Networks"), re.MULTILINE)
    assert found == ["isolated", "pairs", "shared"]
    assert [problems(f"backdraft: 1\nname: shop\nnetwork: {word}\n") for word in found] == [""] * 3


def test_the_readme_shows_the_status_of_shop_in_the_columns_it_has():
    [shown] = re.findall(r"```\n(COMPONENT.*?)\n\n", (ROOT / "README.md").read_text(), re.DOTALL)
    heads, *rows = [re.split(r"  +", line) for line in shown.splitlines()]
    shop = parse((templates.STACKS / "shop" / "backdraft.yml").read_bytes())
    replicas = [
        [f"shop/{name}", str(number + 1), component.kind]
        for name, component in sorted(shop.components.items())
        for number in range(component.replicas.min)
    ]
    assert heads == list(HEADS)
    assert [row[:3] for row in rows] == [*replicas, ["shop (packet filter)", "-", "-"]]
