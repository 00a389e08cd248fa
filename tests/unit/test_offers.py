import pytest

from composer.document import parse
from composer.drawing import Drawing, OfferError, ports, settings
from composer.model import Schema
from composer.offers import offered, offers, prefix
from composer.references import references
from tests.unit.catalogue_of_tests import catalogue

KINDS = catalogue()
SHOP = """
backdraft: 1
name: shop
components:
  front: {kind: proxy, settings: {port: 9000}}
  api:
    kind: app
    source: {directory: .}
    ports: {http: {protocol: http, number: 81}, raw: {protocol: tcp, number: 82}}
  db: {kind: store, settings: {database: shop}}
  my-queue: {kind: queue, settings: {licence: x}, ports: {amqp: {protocol: tcp, number: 5}}}
  site: {kind: box, image: "site:1", ports: {web: {protocol: http, number: 80}}}
connections:
"""


def schema(*lines: str) -> Schema:
    return parse(SHOP + "\n".join(f"  - {line}" for line in lines))


def given_to_client(line: str) -> list[str]:
    drawn = schema(line)
    connection = drawn.connections[0]
    drawing = Drawing(drawn, KINDS)
    word = prefix(drawing, connection)
    return [f"{word}_{key}={text}" for key, text in offers(drawing, connection).items()]


GIVEN = {
    "{from: api, to: db}": [
        "DATABASE_URL=postgresql://:${secret.password}@${server.host}:${server.port}/${settings.database}",
        "DATABASE_HOST=${server.host}",
    ],
    "{from: api, to: db.primary, as: MAIN}": [
        "MAIN_URL=postgresql://:${secret.password}@${server.host}:${server.port}/${settings.database}",
        "MAIN_HOST=${server.host}",
    ],
    "{from: front, to: api}": [
        "API_URL=http://${server.host}:${server.port}",
        "API_HOST=${server.host}",
    ],
    "{from: db, to: api.raw}": ["API_HOST=${server.host}", "API_PORT=${server.port}"],
    "{from: api, to: my-queue.console}": ["MY_QUEUE_URL=http://${server.host}:${server.port}"],
    "{from: api, to: my-queue.amqp}": ["MY_QUEUE_HOST=${server.host}", "MY_QUEUE_PORT=${server.port}"],
    "{from: api, to: site}": [
        "SITE_URL=http://${server.host}:${server.port}",
        "SITE_HOST=${server.host}",
        "SITE_PORT=${server.port}",
    ],
}


@pytest.mark.parametrize(("line", "expected"), GIVEN.items())
def test_a_connection_gives_its_client_what_the_port_offers(line: str, expected: list[str]) -> None:
    assert given_to_client(line) == expected


NO_PORT = {
    "{from: api, to: nobody}": "there is no component 'nobody'",
    "{from: api, to: db.replica}": "'db' has no port 'replica' (its ports: primary)",
    "{from: site, to: api}": "'api' has more than one port (write one of api.http, api.raw)",
}


@pytest.mark.parametrize(("line", "fault"), NO_PORT.items())
def test_a_connection_without_one_port_is_refused(line: str, fault: str) -> None:
    drawn = schema(line)
    with pytest.raises(OfferError) as caught:
        Drawing(drawn, KINDS).port(drawn.connections[0])
    assert str(caught.value) == fault


def test_a_client_is_led_to_the_only_port_it_can_speak_to() -> None:
    drawn = schema("{from: front, to: my-queue}")
    assert Drawing(drawn, KINDS).port(drawn.connections[0]).name == "console"


def test_own_ports_take_the_place_of_the_kinds_and_keep_its_offers_where_the_protocol_is_the_same() -> None:
    component = schema().components["api"]
    assert [(port.name, port.protocol, port.number) for port in ports(component, KINDS["app"]).values()] == [
        ("http", "http", 81),
        ("raw", "tcp", 82),
    ]


def test_a_number_that_refers_to_a_setting_is_resolved() -> None:
    front = schema().components["front"]
    assert ports(front, KINDS["proxy"])["http"].number == 9000
    assert settings(front, KINDS["proxy"]) == {"port": 9000}


@pytest.mark.parametrize("reference", ["${db.url}", "${db.primary.url}"])
def test_a_reference_finds_the_connection_and_the_key(reference: str) -> None:
    drawn = schema("{from: api, to: my-queue.console}", "{from: api, to: db}")
    found = offered(Drawing(drawn, KINDS), "api", references(reference)[0])
    assert found == (drawn.connections[1], "URL")


def test_a_port_that_is_drawn_twice_under_two_prefixes_is_one_answer() -> None:
    drawn = schema("{from: api, to: db}", "{from: api, to: db, as: MAIN}")
    assert offered(Drawing(drawn, KINDS), "api", references("${db.url}")[0]) == (drawn.connections[0], "URL")
