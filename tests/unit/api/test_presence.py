"""Who has a project open: told by their browsers, known to those who may see it, and soon forgotten."""

from __future__ import annotations

from composer.presence import HOLDS, Presence
from tests.unit.api.conftest import As
from ui.installation import Installation

SHOP = "/api/v1/projects/shop/presence"


def names(answer) -> list[str]:
    return [each["name"] for each in answer.get_json()["people"]]


def test_people_are_told_of_each_other_and_of_who_leaves(client: As, installation: Installation):
    installation.projects.make("shop", "backdraft: 1\nname: shop\n", "ada")
    assert names(client("dan").put(SHOP)) == ["dan"]
    assert names(client("vic").put(SHOP)) == ["dan", "vic"]
    assert names(client("dan").delete(SHOP)) == ["vic"]
    told = [each.content["who"] for each in installation.journal.since(0) if each.kind == "presence.changed"]
    assert told == ["dan", "vic", "dan"]


def test_saying_so_again_is_no_news(client: As, installation: Installation):
    installation.projects.make("shop", "backdraft: 1\nname: shop\n", "ada")
    for _ in range(3):
        client("dan").put(SHOP)
    assert [each.kind for each in installation.journal.since(0)].count("presence.changed") == 1


def test_a_project_that_is_not_there_is_open_to_nobody(client: As):
    assert client("root").put("/api/v1/projects/nowhere/presence").status_code == 404


def test_whoever_is_silent_is_gone_and_whoever_is_not_stays():
    now = [0.0]
    presence = Presence(lambda: now[0])
    presence.arrive("shop", "p1", "ada")
    presence.arrive("shop", "p2", "bea")
    now[0] = HOLDS - 1
    assert not presence.arrive("shop", "p2", "bea")
    now[0] = HOLDS + 1
    assert [(each.name, each.since) for each in presence.people("shop")] == [("bea", 0.0)]
    assert presence.people("blog") == ()
    assert not presence.leave("shop", "p1")
