"""What a build is given, and what a recipe says: the parts of deployer.builds that need no engine."""

from __future__ import annotations

import os
import re
import tarfile
from pathlib import Path

import pytest

import templates
from composer.catalogue import standard
from deployer.builds import BuildError, build_recipe, host_certificates, recipe_named, recipes, source_digest
from deployer.builds.building import told
from deployer.builds.context import MAX_SOURCE_BYTES, directory_context
from deployer.builds.errors import failure
from deployer.builds.host import index_arguments, proxy_arguments
from deployer.builds.sources import build_template

PEM = "-----BEGIN CERTIFICATE-----\n"


def write(directory: Path, files: dict[str, str]) -> Path:
    for name, content in files.items():
        path = directory / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)
    return directory


def listing(directory: Path, extra: dict[str, bytes] | None = None) -> list[str]:
    with directory_context(directory, extra) as stream, tarfile.open(fileobj=stream) as archive:
        return [f"{m.mode:o} {m.uid} {m.mtime:.0f} {m.name}" for m in archive]


def test_every_recipe_has_what_a_person_and_a_build_need():
    for recipe in recipes():
        dockerfile = (recipe.directory / "Dockerfile").read_text()
        assert recipe.directory.name == recipe.name
        assert recipe.title
        assert recipe.contract
        assert dockerfile.startswith("ARG BASE\nFROM ${BASE}\n")
        assert set(recipe.versions.values()) <= {"trixie", "bookworm"}
        assert all(isinstance(version, str) for version in recipe.versions)


def test_the_page_of_images_tells_the_contract_of_every_recipe():
    page = (templates.FOLDER.parent / "docs/images.md").read_text()
    rows = [f"| `{each.name}` | {', '.join(each.versions)} | {each.contract} |" for each in recipes()]
    head = "| recipe | versions | contract |\n|---|---|---|\n"
    assert page.partition(head)[2].partition("\n\n")[0].splitlines() == rows


def test_the_page_of_images_names_the_kinds_without_a_recipe():
    page = (templates.FOLDER.parent / "docs/images.md").read_text()
    named = re.search(r"A kind without a recipe \((.*?)\)", page)
    without = {name for name, kind in standard().kinds.items() if kind.image and not kind.image.recipe}
    assert named is not None
    assert set(re.findall("`(.+?)`", named[1])) == without


def test_the_first_version_is_the_default():
    postgres = recipe_named("postgres")
    assert postgres.default_version == "17"
    assert postgres.tag("15") == "backdraft.local/postgres:15"


def test_a_context_is_sorted_and_knows_no_owner_no_time_and_no_umask(tmp_path: Path):
    write(tmp_path, {"b.py": "b", "a/run.sh": "a"})
    (tmp_path / "a/run.sh").chmod(0o700)
    (tmp_path / "b.py").chmod(0o600)
    assert listing(tmp_path) == ["755 0 0 a", "755 0 0 a/run.sh", "644 0 0 b.py"]


def test_the_same_content_has_the_same_digest_wherever_it_lies(tmp_path: Path):
    first = write(tmp_path / "first", {"app.py": "x", "static/a.css": "y"})
    second = write(tmp_path / "second", {"static/a.css": "y", "app.py": "x"})
    os.utime(second / "app.py", (1, 1))
    assert source_digest(first) == source_digest(second)


@pytest.mark.parametrize("change", ["content", "name", "executable", "link"])
def test_the_digest_changes_with(tmp_path: Path, change: str):
    directory = write(tmp_path, {"app.py": "x"})
    before = source_digest(directory)
    if change == "content":
        (directory / "app.py").write_text("y")
    elif change == "name":
        (directory / "app.py").rename(directory / "main.py")
    elif change == "executable":
        (directory / "app.py").chmod(0o755)
    else:
        (directory / "main.py").symlink_to("app.py")
    assert source_digest(directory) != before


def test_dockerignore_is_honoured_with_its_exceptions(tmp_path: Path):
    write(
        tmp_path, {".dockerignore": "# notes\n*.md\ndata\n!README.md\n", "README.md": "", "TODO.md": "", "data/x": ""}
    )
    assert [line.split()[-1] for line in listing(tmp_path)] == [".dockerignore", "README.md"]


def test_without_dockerignore_history_and_installed_packages_stay_out(tmp_path: Path):
    write(tmp_path, {".git/HEAD": "", "node_modules/a/x.js": "", "pkg/__pycache__/a.pyc": "", "pkg/a.py": ""})
    assert [line.split()[-1] for line in listing(tmp_path)] == ["pkg", "pkg/a.py"]


def test_files_of_ours_replace_files_of_the_same_name(tmp_path: Path):
    write(tmp_path, {".backdraft/ca.crt": "theirs", "app.py": ""})
    with (
        directory_context(tmp_path, {".backdraft/ca.crt": b"ours"}) as stream,
        tarfile.open(fileobj=stream) as archive,
    ):
        assert archive.getnames() == ["app.py", ".backdraft/ca.crt"]
        content = archive.extractfile(".backdraft/ca.crt")
        assert content is not None
        assert content.read() == b"ours"


def test_a_link_inside_the_source_is_kept(tmp_path: Path):
    write(tmp_path, {"a/real.txt": ""})
    (tmp_path / "alias.txt").symlink_to("a/real.txt")
    assert [line.split()[-1] for line in listing(tmp_path)] == ["a", "a/real.txt", "alias.txt"]


@pytest.mark.parametrize("target", ["../outside.txt", "/etc/passwd", "inner/../../outside.txt"])
def test_a_link_that_leads_out_is_refused(tmp_path: Path, target: str):
    source = write(tmp_path / "source", {"inner/app.py": ""})
    (source / "link").symlink_to(target)
    with pytest.raises(BuildError, match=f"source/link: the link leads out of the source, to {target}"):
        source_digest(source)


def test_a_link_through_a_linked_directory_that_leads_out_is_refused(tmp_path: Path):
    write(tmp_path / "outside", {"secret": "s"})
    source = write(tmp_path / "source", {"app.py": ""})
    (source / "folder").symlink_to("../outside")
    with pytest.raises(BuildError, match="leads out"):
        source_digest(source)


def test_a_pipe_is_refused(tmp_path: Path):
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(BuildError, match="pipe is neither a file, a directory nor a link"):
        source_digest(tmp_path)


def test_a_source_that_is_too_large_names_its_largest_files(tmp_path: Path):
    write(tmp_path, {"app.py": "x"})
    with (tmp_path / "dump.bin").open("wb") as dump:
        dump.truncate(MAX_SOURCE_BYTES + 1)
    with pytest.raises(BuildError, match=r"256 MiB a source may have; .*largest: dump\.bin"):
        source_digest(tmp_path)


def test_a_missing_directory_is_said_so(tmp_path: Path):
    with pytest.raises(BuildError, match="nowhere is not a directory"):
        source_digest(tmp_path / "nowhere")


def test_proxies_reach_a_build_in_both_spellings():
    environment = {"https_proxy": "http://proxy:3128", "NO_PROXY": "localhost", "PATH": "/bin", "HTTP_PROXY": ""}
    assert proxy_arguments(environment) == {"NO_PROXY": "localhost", "https_proxy": "http://proxy:3128"}


def test_a_package_index_reaches_only_a_dockerfile_that_asks_for_it():
    environment = {"PIP_INDEX_URL": "https://index.example/simple"}
    assert index_arguments(environment, "FROM a\nARG PIP_INDEX_URL\n") == environment
    assert index_arguments(environment, "FROM a\n") == {}


def test_the_bundle_that_the_host_names_wins(tmp_path: Path):
    bundle = tmp_path / "bundle.pem"
    bundle.write_text(PEM)
    assert host_certificates({"SSL_CERT_FILE": str(bundle)}) == PEM.encode()
    assert host_certificates({"SSL_CERT_FILE": "/gone", "REQUESTS_CA_BUNDLE": str(bundle)}) == PEM.encode()


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("Step 3/7 : RUN apt-get update     && apt-get install -y nginx", "installing packages (step 3 of 7)"),
        ("Step 4/7 : COPY . /app/", "copying files (step 4 of 7)"),
        ("Step 5/7 : RUN make", "running a command (step 5 of 7)"),
        ("Step 1/7 : ARG BASE", "preparing (step 1 of 7)"),
        ("Unpacking nginx (1.26)", ""),
    ],
)
def test_a_builders_line_becomes_a_sentence(line: str, sentence: str):
    assert told(line) == sentence


def test_an_unknown_version_names_the_known_ones():
    nginx = recipe_named("nginx")
    with pytest.raises(BuildError, match=r"no recipe for version '9'; it is one of 1\.26, 1\.22"):
        build_recipe(None, nginx, "9", print)  # type: ignore[arg-type]


def test_an_unknown_recipe_names_the_known_ones():
    with pytest.raises(BuildError, match="there is no recipe 'oracle'; it is one of caddy, etcd, "):
        recipe_named("oracle")


def test_an_unknown_way_to_build_names_the_known_ones():
    with pytest.raises(BuildError, match="'cobol' from source; it is one of node, python, static"):
        build_template("cobol")


def test_a_dockerignore_that_is_no_text_is_told(tmp_path: Path):
    (tmp_path / ".dockerignore").write_bytes(b"caf\xe9\n")
    with pytest.raises(BuildError) as caught:
        source_digest(tmp_path)
    assert str(caught.value) == f"{tmp_path}/.dockerignore is not UTF-8; save it as UTF-8"


def test_a_file_that_cannot_be_read_is_told():
    # a file that not even root may read
    directory = Path("/proc/sys/net/ipv4/route")
    with pytest.raises(BuildError) as caught:
        source_digest(directory)
    assert str(caught.value) == (
        f"{directory}/flush cannot be read: Permission denied; let your user read it, or name it in .dockerignore"
    )


def test_what_a_build_printed_does_not_command_the_terminal():
    error = failure("building shop failed", ["\x1b[31mred\x1b]0;title\x07"], "look")
    assert str(error) == "building shop failed; look:\n  \\x1b[31mred\\x1b]0;title\\x07"
