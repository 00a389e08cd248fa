"""Connections become environment, with secrets still sealed."""

import pytest

from composer.catalogue import standard
from composer.document import parse
from composer.drawing import Drawing
from deployer.model import Secret
from deployer.wiring import (
    Surroundings,
    WiringError,
    authors_secrets,
    environment,
    kind_scope,
    plain,
    resolve,
    wanted_secrets,
)

HEAD = "backdraft: 1\nname: shop\ncomponents:\n"
LINES = "connections:\n"


def told(body: str, component: str, surroundings: Surroundings = Surroundings(), own: bool = False) -> str:  # noqa: B008
    """The environment of a component as text; what its own kind gives is left out unless `own`."""
    schema, catalogue = parse(HEAD + body), standard()
    part = schema.components[component]
    given = catalogue[part.kind].environment
    entries = environment(Drawing(schema, catalogue), part, surroundings)
    return "\n".join(f"{name}={''.join(map(str, text))}" for name, text in entries if own or name not in given)


def test_a_connection_gives_its_client_all_that_the_server_offers():
    body = (
        "  api: {kind: worker, source: {directory: src}}\n  db: {kind: postgres, settings: {database: goods}}\n" + LINES
    )
    assert told(body + "  - {from: api, to: db}\n", "api") == (
        "DATABASE_HOST=db\n"
        "DATABASE_NAME=goods\n"
        "DATABASE_PASSWORD=${secret.db.password}\n"
        "DATABASE_PORT=5432\n"
        "DATABASE_URL=postgresql://app:${secret.db.password}@db:5432/goods\n"
        "DATABASE_USER=app"
    )


def test_as_chooses_the_first_word():
    body = "  api: {kind: worker, source: {directory: src}}\n  mail: {kind: smtp}\n" + LINES
    assert told(body + "  - {from: api, to: mail, as: POST}\n", "api") == (
        "POST_HOST=mail\nPOST_PORT=1025\nPOST_URL=smtp://mail:1025"
    )


def test_a_port_without_a_prefix_is_called_after_its_server():
    store = "{kind: container, image: x, ports: {a: {protocol: tcp, number: 7}}}"
    body = f"  api: {{kind: worker, source: {{directory: src}}}}\n  big-store: {store}\n"
    assert (
        told(body + LINES + "  - {from: api, to: big-store}\n", "api") == "BIG_STORE_HOST=big-store\nBIG_STORE_PORT=7"
    )


def test_nothing_is_told_to_a_server_about_its_client():
    body = (
        "  api: {kind: worker, source: {directory: src}}\n  mail: {kind: smtp}\n"
        + LINES
        + "  - {from: api, to: mail}\n"
    )
    assert told(body, "mail") == ""


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("plain", "plain"),
        ("${db.url}", "postgresql://app:${secret.db.password}@db:5432/app"),
        ("${db.primary.host}:${db.port}", "db:5432"),
        ("<${secret.TOKEN}>", "<${secret.TOKEN}>"),
        ("${env.HOME}/x", "/home/ada/x"),
        ("$${db.url} $ $$ $x", "${db.url} $ $$ $x"),
        ("", ""),
    ],
)
def test_an_author_refers_to_servers_secrets_and_the_deploying_environment(written: str, expected: str):
    body = f"  api: {{kind: worker, source: {{directory: src}}, environment: {{A: {written!r}}}}}\n"
    body += "  db: {kind: postgres}\n"
    text = told(body + LINES + "  - {from: api, to: db}\n", "api", Surroundings({}, {"HOME": "/home/ada"}))
    assert [line for line in text.splitlines() if line.startswith("A=")] == [f"A={expected}"]


def test_what_an_author_writes_wins_over_connections_and_kinds():
    body = "  api: {kind: worker, source: {directory: src}, environment: {DATABASE_HOST: mine, HOME: /x}}\n"
    body += "  db: {kind: postgres}\n"
    text = told(body + LINES + "  - {from: api, to: db}\n", "api", own=True)
    assert {"DATABASE_HOST=mine", "HOME=/x", "DATABASE_PORT=5432"} <= set(text.splitlines())


def test_a_variable_that_is_not_set_is_told_with_its_place_and_remedy():
    with pytest.raises(WiringError) as caught:
        told("  api: {kind: worker, source: {directory: src}, environment: {A: '${env.NOPE}'}}\n", "api")
    assert str(caught.value) == (
        "components/api/environment: ${env.NOPE} is not set here (export NOPE, or use ${secret.NOPE})"
    )


def test_a_secret_counts_by_its_version():
    schema = parse(HEAD + "  db: {kind: postgres}\n")
    found = dict(
        environment(Drawing(schema, standard()), schema.components["db"], Surroundings({("db", "password"): 3}))
    )
    assert found["POSTGRES_PASSWORD"] == (Secret("db", "password", 3),)


def test_no_secret_may_stand_where_others_can_read_it():
    schema = parse(HEAD + "  db: {kind: postgres}\n")
    scope = kind_scope(schema, schema.components["db"], standard()["postgres"], Surroundings())
    assert plain("${settings.user}@${component.project}", scope) == "app@shop"
    with pytest.raises(WiringError, match="a secret may not stand here"):
        plain("${secret.password}", scope)
    with pytest.raises(WiringError, match=r"kind 'postgres': \$\{server.host\} means nothing"):
        plain("${server.host}", scope)


def test_plain_neighbours_are_joined_so_that_a_hash_does_not_see_how_a_text_was_split():
    assert resolve("a${x.y}b${x.y}c", lambda reference: ("-",)) == ("a-b-c",)
    assert resolve("", lambda reference: ()) == ()


def test_the_secrets_of_a_schema_are_known_before_anything_is_made():
    api = "{kind: worker, source: {directory: src}, environment: {A: '${secret.B}${secret.A}'}}"
    schema = parse(f"{HEAD}  db: {{kind: postgres}}\n  api: {api}\n")
    assert dict(wanted_secrets(schema, standard())) == {("db", "password"): 32}
    assert authors_secrets(schema) == ("A", "B")
