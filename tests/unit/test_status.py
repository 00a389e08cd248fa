"""How each replica is, in words."""

from deployer.labels import COMPONENT, KIND, REPLICA
from deployer.model import ContainerSpec, DesiredState, ObservedContainer, ObservedState, PublishedPort
from deployer.status import replica_status, urls


def test_every_replica_is_told_by_component_and_number():
    def container(component: str, replica: str, status: str) -> ObservedContainer:
        labels = {COMPONENT: component, REPLICA: replica, KIND: "python"}
        return ObservedContainer("1", f"shop.{component}.{replica}", labels, "running", status=status)

    seen = ObservedState(
        containers=(
            container("db", "1", "Up 2 hours (healthy)"),
            container("api", "2", "Up 1 second (health: starting)"),
            container("api", "1", "Up 3 days (unhealthy)"),
            ObservedContainer("2", "helper", {}, "created"),
        )
    )
    assert "\n".join(
        f"{each.component} {each.replica} {each.state} {each.health}" for each in replica_status(seen)
    ) == ("api 1 running unhealthy\napi 2 running starting\ndb 1 running healthy")


def test_what_was_published_is_an_address_that_a_browser_can_open():
    def spec(address: str, number: int, replica: int = 1) -> ContainerSpec:
        ports = (PublishedPort(number, address, 8080),)
        return ContainerSpec("a", replica, "k", "i", "", published=ports, http_ports=(80,))

    state = DesiredState(
        "shop",
        containers=(
            spec("127.0.0.1", 80),
            spec("0.0.0.0", 80),  # noqa: S104 (told, not bound)
            spec("::", 80),
            spec("127.0.0.1", 5432),
            spec("x", 1, 2),
        ),
    )
    assert urls(state) == ("http://127.0.0.1:8080", "http://127.0.0.1:8080", "http://[::1]:8080", "127.0.0.1:8080")
