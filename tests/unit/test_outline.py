"""The outline of a drawing."""

from __future__ import annotations

from composer.document import parse
from composer.outline import Line, outline

TEXT = """backdraft: 1
name: shop
components:
  api: {kind: python}
  db: {kind: postgres}
  cache: {kind: redis}
connections:
  - {from: api, to: db}
  - {from: api, to: cache}
"""


def places(text: str) -> dict[str, tuple[float, float]]:
    return {each.name: (each.x, each.y) for each in outline(parse(text)).boxes}


def test_boxes_stand_where_the_layout_says():
    assert places(TEXT + "layout: {api: [10, 20], db: [5.5, 0], cache: [0, -3]}\n") == {
        "api": (10, 20),
        "db": (5.5, 0),
        "cache": (0, -3),
    }


def test_without_a_layout_clients_stand_left_of_their_servers():
    assert places(TEXT) == {"api": (0, 0), "db": (280, 0), "cache": (280, 160)}


def test_boxes_without_a_place_stand_below_the_others():
    assert places(TEXT + "layout: {api: [0, 400]}\n") == {"api": (0, 400), "db": (280, 560), "cache": (280, 720)}


def test_a_circle_has_an_outline():
    circle = "  - {from: db, to: api}\n"
    assert len(set(places(TEXT + circle).values())) == 3


def test_lines_lead_from_the_client_to_the_server():
    assert outline(parse(TEXT)).lines == (Line("api", "db"), Line("api", "cache"))
