import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from composer.references import Part, Reference, ReferenceSyntaxError, escape, references, split

DB_URL = Reference(("db", "url"))

PARTS: dict[str, tuple[Part, ...]] = {
    "": (),
    "plain": ("plain",),
    "${db.url}": (DB_URL,),
    "a${db.url}b": ("a", DB_URL, "b"),
    "${db.url}${db.url}": (DB_URL, DB_URL),
    "${db.primary.url}": (Reference(("db", "primary", "url")),),
    "${secret.API_KEY}": (Reference(("secret", "API_KEY")),),
    "${my-db.read-only.url}": (Reference(("my-db", "read-only", "url")),),
    "$": ("$",),
    "$$": ("$$",),
    "a$b $HOME $(id) {x}": ("a$b $HOME $(id) {x}",),
    "$${db.url}": ("${db.url}",),
    "$$${db.url}": ("$${db.url}",),
    "a$${b}${db.url}": ("a${b}", DB_URL),
    "line\n'quote' \"é\" 😀": ("line\n'quote' \"é\" 😀",),
}


@pytest.mark.parametrize(("text", "parts"), PARTS.items())
def test_text_is_split_at_its_references(text: str, parts: tuple[Part, ...]) -> None:
    assert split(text) == parts


FAULTS = {
    "${": "'${'",
    "${}": "'${}'",
    "${db}": "'${db}'",
    "${db.a.b.c}": "'${db.a.b.c}'",
    "${db.url": "'${'",
    "${ db.url }": "'${ db.url }'",
    "${db.${x.y}}": "'${'",
    "${1.x}": "'${1.x}'",
    "${db.\nurl}": "'${'",
    "${é.x}": "'${é.x}'",
    "${db..url}": "'${db..url}'",
}


@pytest.mark.parametrize(("text", "shown"), FAULTS.items())
def test_an_opened_reference_that_is_none_is_refused(text: str, shown: str) -> None:
    with pytest.raises(ReferenceSyntaxError) as caught:
        split(text)
    assert str(caught.value) == f"{shown} is not a reference; write $${{ for a literal ${{"


def test_references_are_found_in_order() -> None:
    assert [str(found) for found in references("${b.x} and ${a.y}, not $${c.z}")] == ["${b.x}", "${a.y}"]


@given(st.text())
@example("$${")
@example("$" * 5 + "{")
def test_escaped_text_comes_back_as_it_was(text: str) -> None:
    assert split(escape(text)) == ((text,) if text else ())


@given(st.text(alphabet="${}.ab-\n"))
def test_any_text_is_split_or_refused(text: str) -> None:
    try:
        parts = split(text)
    except ReferenceSyntaxError:
        return
    assert all(parts)
