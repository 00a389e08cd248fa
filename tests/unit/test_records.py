"""What the stores of an installation keep is the same on SQLite and, by way of `tests/contract`, on PostgreSQL."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from composer.audit import Audit, Deed
from composer.bus import LocalBus
from composer.db import Database, open_database
from composer.journal import Journal
from composer.projects import LostUpdateError, ProjectExistsError, Projects
from composer.revisions import newest, revision_of
from deployer.store import ReleaseOutcome, Store


def test_a_database_that_many_open_at_once_is_brought_up_to_date_once(tmp_path: Path, database_url: str):
    with ThreadPoolExecutor(4) as threads:
        opened = list(threads.map(lambda _: open_database(tmp_path, database_url or None), range(4)))
    for each in opened:
        with each.reading() as connection:
            assert revision_of(connection) == newest()
        each.close()


def test_what_fails_in_the_middle_leaves_nothing(database: Database):
    journal = Journal(database, LocalBus())
    with pytest.raises(TypeError):
        journal.write_all([("shop", "draft.saved", {}), ("shop", "draft.saved", {"what": object()})])
    assert journal.bounds() == (0, 0)


def test_saves_of_one_version_that_race_leave_one_and_tell_the_others(database: Database):
    projects = Projects(database)
    projects.make("shop", "zero", "ada")

    def save(number: int) -> str:
        try:
            return str(projects.save("shop", f"text {number}", "ada", base=1).version)
        except LostUpdateError as error:
            return f"lost to {error.newest.version}"

    with ThreadPoolExecutor(8) as threads:
        assert sorted(threads.map(save, range(8))) == ["2", *["lost to 2"] * 7]
    with pytest.raises(ProjectExistsError):
        projects.make("shop", "again", "bob")
    projects.remove("shop")
    assert (projects.find("shop"), projects.draft("shop")) == (None, None)


def test_whoever_reads_the_journal_sees_entries_in_the_order_of_their_ids_though_many_write(database: Database):
    """Else a reader that goes on after the newest id would miss one that came late."""
    journal = Journal(database, LocalBus())
    seen: list[int] = []

    def write(number: int) -> None:
        journal.write_all([("shop", "draft.saved", {"number": number})] * 3)

    with ThreadPoolExecutor(8) as threads:
        written = [threads.submit(write, number) for number in range(40)]
        while not all(each.done() for each in written):
            seen += [entry.id for entry in journal.since(seen[-1] if seen else 0)]
        seen += [entry.id for entry in journal.since(seen[-1] if seen else 0)]
    assert len(seen) == 120
    assert seen == sorted(seen)


def test_deeds_come_newest_first_in_pages_with_everything_they_tell(database: Database):
    audit = Audit(database, clock=lambda: 5.0)
    for number in range(3):
        audit.record(Deed("ada", "save_schema", "shop", "schema", "::1", "r1", {"version": number}, ["ü"]))
    audit.record(Deed("root", "make_user"))
    first = audit.deeds("shop", limit=2)
    assert [each.before for each in first] == [{"version": 2}, {"version": 1}]
    assert first[0].after == ["ü"]
    assert [each.before for each in audit.deeds("shop", before=first[-1].id)] == [{"version": 0}]
    assert [each.who for each in audit.deeds()] == ["root", "ada", "ada", "ada"]


def test_releases_are_numbered_for_each_project_and_keep_what_they_meant(tmp_path: Path, database: Database):
    times = iter([10.0, 12.5, 20.0, 30.0])
    store = Store(tmp_path, database, clock=lambda: next(times))
    store.begin("shop", "name: shop", "#1", "ada", "first", {"api": "sha256:1"})
    store.finish("shop", 1, ReleaseOutcome.FAILED, "api was not ready")
    store.begin("shop", "name: shop", "#2", "ada")
    store.begin("blog", "name: blog", "#1", "bob")
    told = [
        f"{release.project} {release.number} {release.outcome} {release.message!r} {release.began} {release.ended}"
        f" {release.who} {release.why!r} {dict(release.digests)}"
        for project in ("blog", "shop")
        for release in store.releases(project)
    ]
    assert told == [
        "blog 1 None '' 30.0 None bob '' {}",
        "shop 1 failed 'api was not ready' 10.0 12.5 ada 'first' {'api': 'sha256:1'}",
        "shop 2 None '' 20.0 None ada '' {}",
    ]


def test_the_last_release_may_be_asked_for_by_its_outcome(tmp_path: Path, database: Database):
    store = Store(tmp_path, database)
    assert store.last("shop") is None
    store.begin("shop", "one", "", "ada")
    store.finish("shop", 1, ReleaseOutcome.DONE)
    store.begin("shop", "two", "", "ada")
    newest, done = store.last("shop"), store.last("shop", ReleaseOutcome.DONE)
    assert newest
    assert done
    assert (newest.schema_text, newest.outcome, done.schema_text) == ("two", None, "one")


def test_an_outcome_once_said_stays(tmp_path: Path, database: Database):
    store = Store(tmp_path, database)
    store.begin("shop", "", "", "ada")
    store.finish("shop", 1, ReleaseOutcome.INTERRUPTED)
    store.finish("shop", 1, ReleaseOutcome.DONE)
    assert [release.outcome for release in store.releases("shop")] == [ReleaseOutcome.INTERRUPTED]


def test_many_processes_at_once_get_numbers_of_their_own(tmp_path: Path, database: Database):
    def begin(_: int) -> int:
        return Store(tmp_path, database).begin("shop", "", "", "ada").number

    with ThreadPoolExecutor(8) as threads:
        assert sorted(threads.map(begin, range(24))) == list(range(1, 25))


def test_a_setting_is_none_until_chosen_and_can_be_forgotten(tmp_path: Path, database: Database):
    store = Store(tmp_path, database)
    seen = [store.setting("images")]
    for value in ("local", "mirror registry.example/hub", None):
        store.put_setting("images", value)
        seen.append(store.setting("images"))
    assert seen == [None, "local", "mirror registry.example/hub", None]
