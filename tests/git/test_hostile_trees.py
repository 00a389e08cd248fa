"""Commits that no git makes: nothing of them is written outside the folder that was made for them."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from composer.model import Source
from deployer.builds import Checkout, trees
from deployer.builds.context import MAX_SOURCE_BYTES
from tests.git.https_server import HttpsServer
from tests.git.repositories import Repository
from tests.git.workshop import Workshop

FILE, PROGRAM, LINK, FOLDER = "100644", "100755", "120000", "40000"


@pytest.fixture(autouse=True)
def scratch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where sources are laid out: whatever leaves it lands beside it, where a test can see it."""
    folder = tmp_path / "scratch"
    folder.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(folder))
    return folder


def planted(repository: Repository, case: str, outside: Path) -> None:
    """Make a commit of one of the CASES the tip of main."""
    evil, app = repository.blob(b"evil"), repository.blob(b"app")
    out = repository.blob(str(outside).encode())
    inner = repository.tree([(FILE, "evil", evil)])
    deep = repository.tree([(LINK, "evil", out)])
    trees_of_cases = {
        "a folder above": [(FOLDER, "..", repository.tree([(FOLDER, "..", inner)]))],
        "a file named as the folder above": [(FILE, "..", evil)],
        "an absolute name": [(FILE, f"{outside}/evil", evil)],
        "a name with the folder above in it": [(FILE, "../../evil", evil)],
        "a link that is a folder too": [(LINK, "a", out), (FOLDER, "a", inner)],
        "a folder that is a link too": [(FOLDER, "a", inner), (LINK, "a", out)],
        "a link behind a link": [(LINK, "a", out), (FOLDER, "a", deep)],
        "a name twice": [(FILE, "a", app), (FILE, "a", evil)],
        "a link twice": [(LINK, "a", out), (LINK, "a", evil)],
        "a file that is a folder too": [(FILE, "a", app), (FOLDER, "a", inner)],
        "a name that is too long": [(FILE, "a" * 300, evil)],
        "a link to a name that is too long": [(LINK, "a", repository.blob(b"a" * 5000))],
        "a file that is missing": [(FILE, "a", "1" * 40)],
    }
    repository.plant(trees_of_cases[case])


FAULTS = {
    "a folder above": ": ../../evil is no name of a file (the commit was not made by git)",
    "a file named as the folder above": ": .. is no name of a file (the commit was not made by git)",
    "an absolute name": ": OUTSIDE/evil is no name of a file (the commit was not made by git)",
    "a name with the folder above in it": ": ../../evil is no name of a file (the commit was not made by git)",
    "a link that is a folder too": ": a cannot be written: File exists",
    "a folder that is a link too": ": a cannot be written: File exists",
    "a link behind a link": ": a/evil lies behind a link (the commit was not made by git)",
    "a name twice": ": a cannot be written: File exists",
    "a link twice": ": a cannot be written: File exists",
    "a file that is a folder too": ": a cannot be written: File exists",
    "a name that is too long": f": {'a' * 300} cannot be written: File name too long",
    "a link to a name that is too long": ": a is a link to a name of 5000 bytes (the commit was not made by git)",
    "a file that is missing": "git: git cannot fetch main from",
}


@pytest.mark.parametrize("case", FAULTS)
def test_a_commit_that_is_not_sane_is_refused_and_writes_nothing_elsewhere(
    server: HttpsServer, repository: Repository, workshop: Workshop, scratch: Path, tmp_path: Path, case: str
):
    outside = tmp_path / "outside"
    outside.mkdir()
    planted(repository, case, outside)
    before = sorted(tmp_path.glob("*"))
    fault = workshop.fault(Source(".", server.url(), "main"))
    assert fault.startswith(FAULTS[case].replace("OUTSIDE", str(outside)))
    assert list(outside.iterdir()) == []
    assert list(scratch.iterdir()) == []
    assert set(tmp_path.glob("*")) - set(before) <= {workshop.home}


def test_a_link_that_leads_out_is_laid_out_and_refused_when_it_is_read(
    server: HttpsServer, repository: Repository, workshop: Workshop
):
    """As in a directory source: .dockerignore may leave it out."""
    repository.plant([(LINK, "key", repository.blob(b"/etc/passwd"))])
    assert workshop.files(Source(".", server.url(), "main")) == {"key": "-> /etc/passwd"}


def test_a_dockerignore_that_leads_out_is_not_read(server: HttpsServer, repository: Repository, workshop: Workshop):
    large = repository.blob(b"version https://git-lfs.github.com/spec/v1\n")
    repository.plant([(LINK, ".dockerignore", repository.blob(b"/dev/zero")), (FILE, "model", large)])
    assert workshop.fault(Source(".", server.url(), "main")) == (
        f": {server.url()}/.dockerignore: the link leads out of the source, to /dev/zero; put a copy there instead"
    )


def test_a_tree_that_unfolds_into_billions_costs_bounded_time(
    server: HttpsServer, repository: Repository, workshop: Workshop, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(trees, "LISTED_BYTES", 4 * 2**20)
    tree = repository.tree([(FILE, "a", repository.blob(b"lol"))])
    for _ in range(10):
        tree = repository.tree([(FOLDER, f"f{number}", tree) for number in range(10)])
    repository.plant([(FOLDER, "lol", tree)])
    begun = time.monotonic()
    assert workshop.fault(Source(".", server.url(), "main")) == (
        f": {server.url()} holds too many files to list; name a smaller `directory`, or another repository"
    )
    assert time.monotonic() - begun < 20


def test_a_commit_that_unfolds_into_more_than_is_taken_names_its_largest_files(
    server: HttpsServer, repository: Repository, workshop: Workshop
):
    """The same blob many times is small to fetch and large to write."""
    large = repository.blob(b"0" * (64 * 2**20))
    app = repository.tree([(FILE, "app.py", repository.blob(b"one"))])
    repository.plant([(FILE, f"copy{number}", large) for number in range(9)] + [(FOLDER, "small", app)])
    begun = time.monotonic()
    assert workshop.fault(Source(".", server.url(), "main")) == (
        ": it holds 10 files of 576 MiB together, more than the 100,000 files and 512 MiB that are taken from a commit"
        "; name a smaller `directory` (largest: copy0, copy1, copy2)"
    )
    assert time.monotonic() - begun < 20
    assert workshop.files(Source("small", server.url(), "main")) == {"app.py": "644 one"}
    assert trees.BYTES > MAX_SOURCE_BYTES


def test_odd_names_are_names(server: HttpsServer, repository: Repository, workshop: Workshop):
    app = repository.blob(b"one")
    names = ["-rf", "$(touch canary)", "new\nline", "tab\tquote\"'", "ünï", ".git", ":(top)x", "a\\b"]
    repository.plant(sorted((FILE, name, app) for name in names))
    assert workshop.files(Source(".", server.url(), "main")) == dict.fromkeys(sorted(names), "644 one")


def test_a_program_is_executable_and_another_old_mode_is_a_file(
    server: HttpsServer, repository: Repository, workshop: Workshop
):
    app = repository.blob(b"one")
    repository.plant([(PROGRAM, "a", app), ("100664", "b", app)])
    assert workshop.files(Source(".", server.url(), "main")) == {"a": "755 one", "b": "644 one"}


def test_a_checkout_tells_its_names_by_the_address_of_the_repository(tmp_path: Path):
    checkout = Checkout("https://git.example/shop.git", "main", "1" * 40, tmp_path, "api")
    assert checkout.named(f"{tmp_path}/api/key: it leads out") == "https://git.example/shop.git/api/key: it leads out"
