"""What the pages say about the product is what the product says."""

import re
from pathlib import Path

import templates

ROOT = Path(__file__).parent.parent.parent


def test_the_readme_shows_the_schema_of_shop_as_it_is():
    assert (templates.STACKS / "shop" / "backdraft.yml").read_text() in (ROOT / "README.md").read_text()


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
