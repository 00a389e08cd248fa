"""An installation that has been used for a while, for screens to show: projects, releases, people, keys, deeds."""

from __future__ import annotations

import time
from pathlib import Path

from composer.access import Permission, Role
from composer.audit import Deed
from deployer.desired import ResolvedImage
from deployer.failures import Failure
from templates import STACKS
from tests.e2e.browsing import PASSWORD
from ui.installation import Installation, open_installation
from ui.people.people import Rights
from ui.settings import load

DAY = 86_400.0


def settle(home: Path) -> None:
    """Fill the state folder `home`, which no server uses yet."""
    home.mkdir(parents=True, exist_ok=True)
    opened = open_installation(load(home, {}))
    try:
        _people(opened)
        _projects(opened)
        _releases(opened)
        _deeds(opened)
    finally:
        opened.close()


def _people(opened: Installation) -> None:
    people, kept = opened.registry.people, opened.registry.passwords.hash(PASSWORD)
    people.make("ada", email="ada@example.org", password=kept, rights=Rights(is_administrator=True))
    people.make("dan", email="dan@example.org", password=kept, rights=Rights(makes_projects=True))
    for name in ("vic", "eve"):
        people.make(name, password=kept)


def _id(opened: Installation, name: str) -> str:
    found = opened.registry.people.called(name)
    assert found is not None
    return found.id


def _projects(opened: Installation) -> None:
    ada = _id(opened, "ada")
    for stack in ("shop", "queue", "hello"):
        opened.projects.make(stack, (STACKS / stack / "backdraft.yml").read_text(), "ada", ada)
    opened.projects.make("blog", "backdraft: 1\nname: blog\ncomponents: {}\n", "dan", ada)
    members = opened.registry.members
    members.put("shop", _id(opened, "dan"), Role.DEVELOPER)
    members.put("shop", _id(opened, "vic"), Role.VIEWER)
    opened.registry.invitations.make("ada", project="shop", role=Role.DEVELOPER)
    for name in ("MAIL_TOKEN", "PAYMENT_KEY"):
        opened.vault.put("shop", name, "hidden")
    opened.keys.make(
        ada,
        "deploys of the pipeline",
        frozenset({Permission.READ, Permission.DEPLOY}),
        frozenset({"shop"}),
        time.time() + 60 * DAY,
    )
    opened.keys.make(ada, "my own scripts", None, None, None)


def _releases(opened: Installation) -> None:
    text = (STACKS / "shop" / "backdraft.yml").read_text()
    images = {
        name: ResolvedImage(f"backdraft.local/{name}:17", f"sha256:{number:064x}")
        for number, name in enumerate(("api", "cache", "db", "front", "worker"), 0xA1B2C3)
    }
    stories = [
        (text.replace("replicas: 2", "replicas: 1"), "dan", "first", "done"),
        (text, "dan", "a second API server for the sale", "done"),
        (
            text.replace("workers: 1", "workers: 4"),
            "ada (key bdk_pipeline)",
            "more workers in each API server",
            "failed",
        ),
        (text, "ada", "back to release 2", "done"),
    ]
    for schema, who, why, outcome in stories:
        made = opened.store.begin(
            "shop", schema, "", who, why, images=images, digests={name: each.id for name, each in images.items()}
        )
        failures = (
            [
                Failure(
                    "api",
                    1,
                    "it was not ready within 60 s",
                    "GET /healthz answers 200",
                    ("Traceback (most recent call last):", "MemoryError: cannot start worker 4"),
                    "raise limits.memory of api, or start fewer workers",
                )
            ]
            if outcome == "failed"
            else []
        )
        opened.store.finish(
            "shop", made.number, outcome, "api 1 was not ready within 60 s" if failures else "", (), failures
        )


def _deeds(opened: Installation) -> None:
    opened.audit.record(Deed("", "failed_sign_in", target="eve", address="198.51.100.7"))
    opened.audit.record(
        Deed("dan", "queue_deploy", "shop", "deploy 1", "203.0.113.9", after={"action": "deploy", "why": "first"})
    )
    opened.audit.record(
        Deed(
            "ada", "change_member", "shop", "dan", "203.0.113.4", before={"role": "viewer"}, after={"role": "developer"}
        )
    )
    opened.audit.record(Deed("ada", "put_secret", "shop", "MAIL_TOKEN", "203.0.113.4"))
    opened.audit.record(
        Deed(
            "ada (key bdk_pipeline)",
            "save_schema",
            "shop",
            "schema",
            "192.0.2.17",
            before={"version": 1},
            after={"version": 2},
        )
    )
