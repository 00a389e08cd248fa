"""What the engine tells is told on where it is about us."""

from typing import Any

from deployer.engines.docker_events import happenings
from deployer.labels import COMPONENT, PROJECT

OURS = {PROJECT: "shop", COMPONENT: "api"}


def event(noun: str, what: str, id: str, attributes: dict[str, str]) -> dict[str, Any]:  # noqa: A002
    return {"Type": noun, "Action": what, "Actor": {"ID": id, "Attributes": attributes}, "timeNano": 1_500_000_000}


def told(*events: dict[str, Any], places: dict[str, tuple[str, str]] | None = None) -> str:
    found = happenings(events, places if places is not None else {})
    return "\n".join(f"{each.time} {each.project}/{each.component} {each.what}" for each in found)


def test_what_happens_to_a_container_of_ours_is_told_with_its_place_and_time():
    assert told(event("container", "die", "1", OURS)) == "1.5 shop/api die"


def test_what_carries_no_label_of_ours_is_none_of_our_business():
    assert told(event("container", "die", "2", {"image": "x"}), event("network", "connect", "n", {})) == ""


def test_a_network_is_told_by_the_container_that_came_or_went():
    left = event("network", "disconnect", "n", {"container": "1", "name": "shop.api.db"})
    assert told(left) == ""
    assert told(left, places={"1": ("shop", "api")}) == "1.5 shop/api disconnect"
    assert told(event("container", "create", "1", OURS), left).splitlines()[1] == "1.5 shop/api disconnect"
