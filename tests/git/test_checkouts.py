"""A source that lies in git: what is laid out of it, and what is asked of its server for that."""

from __future__ import annotations

import os
import shutil
import signal
import stat
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from composer.model import Source
from deployer.builds import BuildError, Checkout, mirrors, source_digest
from deployer.builds import git as runs
from deployer.builds.trees import LARGE_FILE
from tests.git.conftest import Configure
from tests.git.https_server import SILENT, HttpsServer
from tests.git.repositories import Repository, git
from tests.git.workshop import Workshop


def main(server: HttpsServer, directory: str = ".", branch: str | None = "main") -> Source:
    return Source(directory, server.url(), branch)


def test_the_directory_of_a_branch_is_laid_out_and_nothing_else(
    server: HttpsServer, repository: Repository, workshop: Workshop
):
    repository.commit({"api/app.py": "one", "api/lib/a b.py": "lib", "docs/page.md": "page"})
    (repository.work / "api/run.sh").write_text("#!/bin/sh\n")
    (repository.work / "api/run.sh").chmod(0o755)
    (repository.work / "api/alias").symlink_to("lib/a b.py")
    repository.push()
    assert workshop.files(main(server, "api")) == {
        "alias": "-> lib/a b.py",
        "app.py": "644 one",
        "lib/a b.py": "644 lib",
        "run.sh": "755 #!/bin/sh\n",
    }
    assert workshop.told == [f"api: fetching {server.url()}"]


@pytest.mark.parametrize("directory", ["api/lib", "./api/lib/", "api//lib", "api/./lib"])
def test_a_directory_may_be_written_in_several_ways(
    server: HttpsServer, repository: Repository, workshop: Workshop, directory: str
):
    repository.commit({"api/lib/app.py": "one", "api/other.py": ""})
    assert workshop.files(main(server, directory)) == {"app.py": "644 one"}


def test_the_content_is_the_same_as_that_of_a_directory(
    server: HttpsServer, repository: Repository, workshop: Workshop
):
    """So a component that moves into git, or a commit that changes something else, keeps its image."""
    files = {
        "api/app.py": "one\n",
        "api/.gitattributes": "* text eol=crlf\nnotes export-ignore ident\n",
        "api/notes": "$Id$",
    }
    repository.commit(dict(files))
    with workshop.checked_out(api=main(server, "api")) as found:
        checkout = found["api"]
        assert isinstance(checkout, Checkout)
        assert source_digest(checkout.folder) == source_digest(repository.work / "api")


def test_components_of_one_repository_cost_one_look_and_a_fetch_of_each_branch(
    server: HttpsServer, repository: Repository, workshop: Workshop
):
    repository.commit({"api/app.py": "main", "jobs/job.py": "job"})
    repository.commit({"api/app.py": "next"}, "next")
    sources = {
        "api": main(server, "api"),
        "again": main(server, "./api"),
        "jobs": main(server, "jobs"),
        "all": main(server),
        "next": main(server, "api", "next"),
    }
    with workshop.checked_out(**sources) as found:
        said = {name: (each.folder / "api/app.py", each.folder / "app.py") for name, each in sound(found).items()}
        texts = {name: [path.read_text() for path in paths if path.exists()] for name, paths in said.items()}
    assert texts == {"api": ["main"], "again": ["main"], "jobs": [], "all": ["main"], "next": ["next"]}
    assert sum(each.endswith("ls-refs") for each in server.requests) == 1 + 2  # each fetch asks for its ref again
    assert server.fetches() == 2


def sound(found: object) -> dict[str, Checkout]:
    assert isinstance(found, dict)
    assert not [str(each) for each in found.values() if isinstance(each, BuildError)]
    return found


def test_a_commit_that_is_here_is_not_fetched_again_and_a_new_one_is(
    server: HttpsServer, repository: Repository, workshop: Workshop
):
    commits = [repository.commit({"app.py": "one"})]
    seen = [workshop.commit(main(server)), workshop.commit(main(server))]
    assert server.fetches() == 1
    commits.append(repository.commit({"app.py": "two"}))
    seen.append(workshop.commit(main(server)))
    assert server.fetches() == 2
    assert seen == [commits[0], *commits]
    assert workshop.files(main(server)) == {"app.py": "644 two"}


def test_a_branch_that_was_pushed_by_force_is_followed(server: HttpsServer, repository: Repository, workshop: Workshop):
    first = repository.commit({"app.py": "one"})
    repository.commit({"app.py": "two"})
    workshop.commit(main(server))
    git("-C", str(repository.bare), "update-ref", "refs/heads/main", first)
    assert workshop.files(main(server)) == {"app.py": "644 one"}


def test_a_branch_may_take_the_place_of_a_folder_of_branches(
    server: HttpsServer, repository: Repository, workshop: Workshop
):
    repository.commit({"app.py": "one"}, "feature")
    assert workshop.files(main(server, branch="feature")) == {"app.py": "644 one"}
    git("-C", str(repository.bare), "update-ref", "-d", "refs/heads/feature")
    git("-C", str(repository.work), "branch", "-m", "feature", "old")
    repository.commit({"app.py": "two"}, "feature/login")
    assert workshop.files(main(server, branch="feature/login")) == {"app.py": "644 two"}


def test_without_a_branch_it_is_the_repositorys_own(server: HttpsServer, repository: Repository, workshop: Workshop):
    repository.commit({"app.py": "main"})
    repository.commit({"app.py": "trunk"}, "trunk")
    assert workshop.files(main(server, branch=None)) == {"app.py": "644 main"}
    git("-C", str(repository.bare), "symbolic-ref", "HEAD", "refs/heads/trunk")
    assert workshop.files(main(server, branch=None)) == {"app.py": "644 trunk"}


def test_a_tag_is_followed_to_its_commit_and_a_branch_of_its_name_goes_first(
    server: HttpsServer, repository: Repository, workshop: Workshop
):
    tagged = repository.commit({"app.py": "tagged"})
    git("-C", str(repository.bare), "tag", "-a", "-m", "one", "v1", tagged)
    git("-C", str(repository.bare), "tag", "light", tagged)
    later = repository.commit({"app.py": "later"})
    assert [workshop.commit(main(server, branch=name)) for name in ("v1", "light", "v1")] == [tagged] * 3
    assert server.fetches() == 2
    git("-C", str(repository.bare), "branch", "v1", later)
    assert workshop.commit(main(server, branch="v1")) == later


def test_a_whole_commit_is_fetched_once_and_then_needs_no_server(
    server: HttpsServer, repository: Repository, workshop: Workshop
):
    commit = repository.commit({"app.py": "one"})
    repository.commit({"app.py": "two"})
    assert workshop.files(main(server, branch=commit)) == {"app.py": "644 one"}
    server.requests.clear()
    repository.remove()
    assert workshop.files(main(server, branch=commit)) == {"app.py": "644 one"}
    assert server.requests == []


def test_without_an_answer_the_commit_fetched_last_is_offered_and_not_taken(
    server: HttpsServer, repository: Repository, workshop: Workshop
):
    commit = repository.commit({"app.py": "one"})
    workshop.commit(main(server))
    server.answers = False
    assert workshop.fault(main(server)) == (
        "git: 127.0.0.1 does not answer: The requested URL returned error: 503 "
        f'(do it again when it does; `branch: "{commit}"` deploys what was fetched last)'
    )
    with workshop.checked_out(api=main(server), pinned=main(server, branch=commit)) as found:
        assert isinstance(found["api"], BuildError)
        assert isinstance(found["pinned"], Checkout)
    server.answers = True
    repository.commit({"app.py": "two"})
    workshop.commit(main(server))
    server.answers = False
    assert workshop.files(main(server, branch=commit)) == {"app.py": "644 one"}


def test_what_is_kept_is_for_its_owner_only_and_does_not_grow_without_end(
    server: HttpsServer, repository: Repository, workshop: Workshop, monkeypatch: pytest.MonkeyPatch
):
    few = [setting.replace("autoPackLimit=20", "autoPackLimit=3") for setting in runs.SETTINGS]
    monkeypatch.setattr(runs, "SETTINGS", few)
    before = os.umask(0)
    try:
        for number in range(7):
            repository.commit({"app.py": str(number), "data": os.urandom(1000).hex()})
            workshop.commit(main(server))
    finally:
        os.umask(before)
    [kept] = workshop.mirrors()
    assert [oct(stat.S_IMODE(path.stat().st_mode)) for path in (kept.parent, kept)] == ["0o700", "0o700"]
    assert len(list(kept.glob("objects/pack/*.pack"))) <= 4
    assert git("-C", str(kept), "count-objects") == "0 objects, 0 kilobytes"
    assert workshop.files(main(server))["app.py"] == "644 6"


@pytest.mark.parametrize("damage", ["a lock", "no objects", "no folder", "no repository"])
def test_what_broke_off_is_thrown_away_and_fetched_anew(
    server: HttpsServer, repository: Repository, workshop: Workshop, damage: str
):
    repository.commit({"app.py": "one"})
    workshop.commit(main(server))
    [kept] = workshop.mirrors()
    if damage == "a lock":
        (kept / "shallow.lock").touch()
    elif damage == "no objects":
        shutil.rmtree(kept / "objects/pack")
    else:
        shutil.rmtree(kept)
        if damage == "no repository":
            kept.mkdir()
    [name_file] = kept.parent.glob("*.name")
    name_file.unlink()
    repository.commit({"app.py": "two"})
    assert workshop.files(main(server)) == {"app.py": "644 two"}
    assert sorted(path.suffix for path in kept.parent.iterdir()) == [".git", ".lock", ".name"]


@pytest.mark.parametrize("name", ["", "../../elsewhere", "nothing.git", "."])
def test_a_name_of_no_mirror_is_thrown_away_too(
    server: HttpsServer, repository: Repository, workshop: Workshop, name: str
):
    repository.commit({"app.py": "one"})
    workshop.commit(main(server))
    [name_file] = (workshop.home / "git").glob("*.name")
    name_file.write_text(name)
    assert workshop.files(main(server)) == {"app.py": "644 one"}
    assert [path.name for path in workshop.mirrors()] == [name_file.read_text()]


def test_many_processes_that_want_the_same_repository_take_turns(
    server: HttpsServer, repository: Repository, workshop: Workshop
):
    commit = repository.commit({"app.py": "one"})
    with ThreadPoolExecutor(6) as pool:
        assert set(pool.map(lambda _: workshop.commit(main(server)), range(12))) == {commit}
    assert server.fetches() == 1


def test_several_repositories_are_asked_at_once(server: HttpsServer, repository: Repository, workshop: Workshop):
    repository.commit({"app.py": "one"})
    for number in range(4):
        shutil.copytree(repository.bare, server.root / f"{number}.git")
    server.delay = 0.4
    begun = time.monotonic()
    with workshop.checked_out(**{f"c{n}": Source(".", server.url(f"{n}.git"), "main") for n in range(4)}) as found:
        took = time.monotonic() - begun
        assert len(sound(found)) == 4
    assert took < 4 * 4 * 0.4


def test_a_fault_of_one_source_leaves_the_others_whole(server: HttpsServer, repository: Repository, workshop: Workshop):
    repository.commit({"api/app.py": "one"})
    sources = {
        "good": main(server, "api"),
        "branch": main(server, "api", "mian"),
        "directory": main(server, "apu"),
        "address": Source("api", server.url("shpo.git"), "main"),
    }
    with workshop.checked_out(**sources) as found:
        assert isinstance(found["good"], Checkout)
        told = {name: f"{getattr(each, 'key', '')}: {each}" for name, each in found.items() if name != "good"}
    assert told == {
        "branch": f"branch: {server.url()} has no branch and no tag 'mian' (did you mean 'main'?)",
        "directory": f"directory: there is no directory 'apu' in {server.url()} at {found['good'].commit[:12]} "
        "(did you mean 'api'?)",
        "address": f"git: there is no repository {server.url('shpo.git')} "
        "(check the address, and that it is shared with the user of this machine)",
    }


@pytest.mark.parametrize("path", ["api", "link", "api/app.py/x"])
def test_what_is_no_directory_is_told(server: HttpsServer, repository: Repository, workshop: Workshop, path: str):
    repository.commit({"api": "a file", "docs/page.md": ""})
    (repository.work / "link").symlink_to("docs")
    repository.push()
    assert workshop.fault(main(server, path)).startswith(f"directory: there is no directory '{path}' in {server.url()}")


def test_a_repository_without_a_commit_is_told(server: HttpsServer, repository: Repository, workshop: Workshop):
    assert workshop.fault(main(server)) == (
        f"git: there is no branch in {server.url()} (check the address, or push one)"
    )


def test_a_repository_without_a_branch_of_its_own_wants_one_named(
    server: HttpsServer, repository: Repository, workshop: Workshop
):
    repository.commit({"app.py": ""}, "trunk")
    assert workshop.fault(main(server, branch=None)) == (
        f"branch: {server.url()} has no branch of its own (name one; known: trunk)"
    )


def test_a_commit_that_is_not_there_is_told(server: HttpsServer, repository: Repository, workshop: Workshop):
    repository.commit({"app.py": ""})
    assert workshop.fault(main(server, branch="1" * 40)) == (
        f"branch: {server.url()} has no such commit, or hands out branches only (check it, or write a branch or a tag)"
    )
    assert workshop.fault(main(server, branch="abc1234")) == (
        f"branch: {server.url()} has no branch and no tag 'abc1234' (a commit is written in full, with its 40 digits)"
    )


def test_a_tag_of_something_else_than_a_commit_is_told(server: HttpsServer, repository: Repository, workshop: Workshop):
    repository.commit({"app.py": ""})
    git("-C", str(repository.bare), "tag", "odd", repository.blob(b"not a commit"))
    assert workshop.fault(main(server, branch="odd")) == (
        f"branch: odd of {server.url()} is no commit (write a branch, or a tag of a commit)"
    )


def test_submodules_and_large_files_are_not_fetched_and_said_so(
    server: HttpsServer, repository: Repository, workshop: Workshop
):
    repository.commit({"api/app.py": "one", "api/model.bin": LARGE_FILE + b"v1\noid sha256:0\nsize 1\n"})
    git("-C", str(repository.work), "update-index", "--add", "--cacheinfo", "160000", "1" * 40, "api/vendor/lib")
    git("-C", str(repository.work), "commit", "--quiet", "--message", "submodule")
    git("-C", str(repository.work), "push", "--quiet", str(repository.bare), "main")
    assert workshop.fault(main(server, "api")) == (
        ": model.bin is kept in Git LFS, which is not fetched, vendor/lib is a submodule, which is not fetched "
        "(keep it in the repository itself, or name it in .dockerignore)"
    )
    (repository.work / "api/vendor/lib").mkdir(parents=True, exist_ok=True)
    repository.commit({"api/.dockerignore": "model.bin\nvendor\n"})
    git("-C", str(repository.work), "update-index", "--add", "--cacheinfo", "160000", "1" * 40, "api/vendor/lib")
    git("-C", str(repository.work), "commit", "--quiet", "--allow-empty", "--message", "submodule")
    git("-C", str(repository.work), "push", "--quiet", str(repository.bare), "main")
    assert "app.py" in workshop.files(main(server, "api"))


def test_no_filter_no_hook_and_no_monitor_of_the_configuration_is_run(
    server: HttpsServer, repository: Repository, workshop: Workshop, configure: Configure, tmp_path: Path
):
    canary = tmp_path / "canary"
    hooks, program = tmp_path / "hooks", tmp_path / "program"
    program.write_text(f"#!/bin/sh\ntouch {canary}\ncat\n")
    program.chmod(0o755)
    hooks.mkdir()
    for hook in ("post-checkout", "reference-transaction", "post-index-change", "pre-auto-gc"):
        shutil.copy(program, hooks / hook)
    template = tmp_path / "template"
    shutil.copytree(hooks, template / "hooks")
    for name, value in {
        "filter.evil.smudge": str(program),
        "filter.evil.process": str(program),
        "core.hooksPath": str(hooks),
        "core.fsmonitor": str(program),
        "core.pager": str(program),
        "core.sshCommand": str(program),
        "core.askPass": str(program),
        "init.templateDir": str(template),
        "submodule.recurse": "true",
        "fetch.recurseSubmodules": "true",
    }.items():
        configure(name, value)
    repository.commit({".gitattributes": "* filter=evil\n", "app.py": "one"})
    assert workshop.files(main(server))["app.py"] == "644 one"
    [kept] = workshop.mirrors()
    assert not (kept / "hooks").exists()
    assert not canary.exists()


def test_a_repository_that_is_too_large_is_left_while_it_comes(
    server: HttpsServer, repository: Repository, workshop: Workshop, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(mirrors, "FETCHED_BYTES", 2**20)
    repository.commit({"large": os.urandom(8 * 2**20)})
    assert workshop.fault(main(server)) == (
        f"git: {server.url()} has more to give than is taken from one repository "
        "(keep what the component needs in a repository of its own)"
    )
    assert not list(workshop.home.glob("git/*.git/objects/pack/*.pack"))


def test_a_server_that_never_answers_costs_bounded_time(
    server: HttpsServer, workshop: Workshop, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(mirrors, "LOOK_SECONDS", 0.6)
    begun = time.monotonic()
    url = server.url(SILENT.strip("/") + "/shop.git")
    assert workshop.fault(Source(".", url, "main")) == (
        "git: 127.0.0.1 took too long to answer (do it again when it does)"
    )
    assert time.monotonic() - begun < 6
    assert helpers(url) == []


def test_ctrl_c_ends_git_and_leaves_nothing_behind(
    server: HttpsServer, workshop: Workshop, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    url = server.url(SILENT.strip("/") + "/shop.git")
    threading.Timer(0.7, os.kill, (os.getpid(), signal.SIGINT)).start()
    begun = time.monotonic()
    with (
        pytest.raises(KeyboardInterrupt, match="stopped while sources were fetched; what runs was not touched"),
        workshop.checked_out(api=Source(".", url, "main")),
    ):
        pass
    assert time.monotonic() - begun < 5
    assert helpers(url) == []
    assert list(tmp_path.glob("backdraft-*")) == []


CODE = """
import sys
from pathlib import Path
from composer.model import Source
from deployer.builds import checked_out
home, url = Path(sys.argv[1]), sys.argv[2]
with checked_out({"api": Source(".", url, "main")}, home, lambda *told: None) as found:
    print(found["api"])
"""


def test_a_process_that_is_killed_while_it_fetches_keeps_nobody_from_the_repository(
    server: HttpsServer, repository: Repository, workshop: Workshop, tmp_path: Path
):
    repository.commit({"app.py": "one"})
    workshop.home.mkdir()
    server.delay = 0.5
    argv = [sys.executable, "-c", CODE, str(workshop.home), server.url()]
    with subprocess.Popen(argv, env={**os.environ, "TMPDIR": str(tmp_path)}) as process:
        while not server.fetches():
            time.sleep(0.02)
        process.send_signal(signal.SIGKILL)
    server.delay = 0
    assert workshop.files(main(server)) == {"app.py": "644 one"}


def test_a_state_folder_that_cannot_be_written_is_told(server: HttpsServer, workshop: Workshop):
    workshop.home.mkdir()
    (workshop.home / "git").touch()
    assert workshop.fault(main(server)) == (
        f": {workshop.home}/git cannot be written: File exists (let your user write it, and look at the free space)"
    )


def test_a_machine_without_git_is_told_what_to_do(
    server: HttpsServer, workshop: Workshop, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
):
    monkeypatch.setenv("PATH", str(tmp_path))
    assert workshop.fault(main(server)) == (
        ": git is not installed (Debian, Ubuntu: `apt install git`; or use `directory:`)"
    )


def helpers(url: str) -> list[str]:
    """The programs that still speak with `url`, by what they were called with; what has ended is none."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            words = (process / "cmdline").read_bytes()
        except OSError:
            continue
        if url.encode() in words and b"git" in words:
            found.append(words.decode())
    return found
