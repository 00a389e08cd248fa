"""What of a running container was changed by hand, in words."""

from deployer.drift import changed_by_hand
from deployer.model import Attachment, ContainerSpec, Inspection, ObservedContainer

SPEC = ContainerSpec("api", 1, "python", "python:3", "", attachments=(Attachment("shop.api.db"),))
AS_MADE = Inspection(memory=SPEC.memory, cpus=1.0, pids=256, restart_policy="unless-stopped")


def changed(inspected: Inspection | None, *networks: str) -> str:
    found = ObservedContainer("1", "api", {}, "running", addresses=dict.fromkeys(networks, ""), inspected=inspected)
    return "\n".join(changed_by_hand(found, SPEC))


def test_what_is_as_it_was_made_is_not_changed():
    assert changed(AS_MADE, "shop.api.db") == ""


def test_limits_are_not_judged_where_nobody_looked_closely():
    assert changed(None, "shop.api.db") == ""


def test_each_change_is_a_phrase_that_says_what_is_and_what_is_drawn():
    assert changed(Inspection(2**20, 0.25, 0, "no"), "office") == (
        "its limit of memory is 1 MiB instead of 512 MiB\n"
        "its limit of CPU is 0.25 instead of 1\n"
        "its limit of processes is none instead of 256\n"
        "its restart policy is no instead of unless-stopped\n"
        "it was taken out of network shop.api.db\n"
        "it was put into network office"
    )
