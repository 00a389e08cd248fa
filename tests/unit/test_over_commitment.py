"""What a plan says about limits that are more than the engine has."""

from pathlib import Path
from typing import cast

import pytest

from composer.advice import Capacity
from composer.catalogue import standard
from composer.document import parse
from deployer.deployments import Deployer
from deployer.engines.docker import DockerEngine
from deployer.errors import DeployerError
from deployer.plan import Plan
from deployer.store import Store
from deployer.vault import Vault
from tests.fake_engine import FakeEngine

SMALL = Capacity(memory=2 * 2**30, cpus=2)


@pytest.fixture
def plan(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("BACKDRAFT_IMAGES", "registry")
    engine, store = FakeEngine(images={"web:1": "sha256:web"}, has=SMALL), Store(tmp_path)
    deployer = Deployer(cast(DockerEngine, engine), store, Vault(tmp_path, store), standard(), tmp_path)

    def planned(fields: str) -> Plan:
        web = f"web: {{kind: container, image: 'web:1', {fields}}}"
        return deployer.plan(parse(f"backdraft: 1\nname: shop\ncomponents: {{{web}}}"), tmp_path, lambda event: None)

    return planned


def test_limits_that_the_engine_can_keep_are_not_mentioned(plan):
    assert plan("replicas: 4").notes == ()
    assert plan("limits: {memory: 2GiB, cpus: 2}").notes == ()


def test_memory_that_adds_up_to_more_than_there_is_is_a_note(plan):
    assert plan("replicas: 3, limits: {memory: 1GiB}").notes == (
        "over-commit: limits add up to 3.0 GiB of memory, and there are 2.0 GiB "
        "(lower `limits: {memory: …}` or `replicas`, or add memory)",
    )


def test_memory_that_is_not_there_at_all_is_a_note_on_its_component(plan):
    assert plan("limits: {memory: 4GiB}").notes == (
        "over-commit components/web: its limit of 4.0 GiB of memory limits nothing: there are 2.0 GiB "
        "(write what it needs at most)",
    )


def test_cpus_that_add_up_to_more_than_there_are_are_a_note(plan):
    assert plan("replicas: 3, limits: {cpus: 1}").notes == (
        "over-commit: limits ask for 3 CPUs, and there are 2 (lower `limits: {cpus: …}` or `replicas`, or add CPUs)",
    )


def test_more_cpus_than_there_are_are_refused_before_anything_is_made(plan):
    with pytest.raises(DeployerError) as caught:
        plan("limits: {cpus: 2.5}")
    assert str(caught.value) == (
        "components/web/limits/cpus: 2.5 CPUs are more than the 2 there are, and the engine makes no such container "
        "(write 2 or less)"
    )
