"""Which image a component runs, under each source of images, and what is said where there is none."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

import pytest
from docker.errors import ImageNotFound

from composer.catalogue import standard
from composer.document import parse
from composer.model import Schema
from deployer.builds import BuildError, Checkout, CheckoutError
from deployer.builds.base_content import base_digest
from deployer.builds.building import RECIPE_LABEL
from deployer.builds.host import debian_mirror
from deployer.engines.interface import EngineError
from deployer.images import (
    ImageError,
    ImageSource,
    commit_sentences,
    commits,
    fetch_missing,
    git_sources,
    resolved_images,
    source_of,
    wanted_images,
)
from deployer.images.fetching import missing_images
from deployer.images.origin import engine_name, mirrored
from deployer.images.wanted import Pull, RecipeBuild, SourceBuild, Wanted
from deployer.stopping import Terminated, obeying

REGISTRY, LOCAL, MIRROR = ImageSource("registry"), ImageSource("local"), ImageSource("mirror", "mirror.example/hub")
SOURCES = {"registry": REGISTRY, "mirror": MIRROR, "local": LOCAL}


def schema(components: str, network: str = "shared") -> Schema:
    return parse(f"backdraft: 1\nname: shop\nnetwork: {network}\ncomponents:\n  {components}\nconnections: []\n")


def wanted(
    components: str, directory: Path, source: ImageSource, **checkouts: Checkout | BuildError
) -> Mapping[str, Wanted]:
    return wanted_images(schema(components), standard(), directory, source, checkouts)


def told(image: Wanted) -> str:
    match image:
        case Pull(reference):
            return f"pull {reference}"
        case RecipeBuild(reference, recipe, version, base):
            return f"recipe {recipe} {version} as {reference}" + (f" over {base}" if base else "")
        case SourceBuild(reference, _, template, base):
            name = reference.partition(":")[0]
            return f"{template} source as {name} over ({told(base)})" if base else f"own Dockerfile as {name}"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("app", "own"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "app.py").write_text("print()\n")
    (tmp_path / "own" / "Dockerfile").write_text("FROM scratch\n")
    return tmp_path


WANTED = [
    ("{kind: postgres}", "registry", "pull postgres:17"),
    ("{kind: postgres}", "mirror", "pull mirror.example/hub/library/postgres:17"),
    ("{kind: postgres}", "local", "recipe postgres 17 as backdraft.local/postgres:17"),
    ("{kind: valkey}", "mirror", "pull mirror.example/hub/valkey/valkey:8"),
    ("{kind: etcd}", "mirror", "pull quay.io/coreos/etcd:v3.5.21"),
    ("{kind: etcd}", "local", "recipe etcd 3.5 as backdraft.local/etcd:3.5"),
    ("{kind: container, image: nginx}", "registry", "pull nginx"),
    ("{kind: container, image: nginx}", "mirror", "pull mirror.example/hub/library/nginx"),
    ("{kind: container, image: nginx}", "local", "pull nginx"),
    ("{kind: container, image: ghcr.io/us/api:2}", "mirror", "pull ghcr.io/us/api:2"),
    ("{kind: python, source: {directory: app}}", "registry", "python source as * over (pull python:3.13-slim)"),
    (
        "{kind: python, source: {directory: app}}",
        "local",
        "python source as * over (recipe python 3.13 as backdraft.local/python:3.13)",
    ),
    ("{kind: python, source: {directory: own}}", "local", "own Dockerfile as *"),
    ("{kind: container, source: {directory: own}}", "local", "own Dockerfile as *"),
]


@pytest.mark.parametrize(("component", "source", "image"), WANTED)
def test_the_image_a_component_wants(folder: Path, component: str, source: str, image: str):
    found = told(wanted(f"api: {component}", folder, SOURCES[source])["api"])
    assert found == image.replace("*", "backdraft.local/shop-api")


@pytest.mark.parametrize(
    ("source", "image"),
    [
        ("registry", "recipe gate 1 as backdraft.local/gate:1 over debian:trixie-slim"),
        ("mirror", "recipe gate 1 as backdraft.local/gate:1 over mirror.example/hub/library/debian:trixie-slim"),
        ("local", "recipe gate 1 as backdraft.local/gate:1"),
    ],
)
def test_an_isolated_project_wants_a_gate_that_is_made_here(folder: Path, source: str, image: str):
    isolated = schema("db: {kind: postgres}", network="isolated")
    assert told(wanted_images(isolated, standard(), folder, SOURCES[source])["_gate"]) == image


def test_every_component_without_an_image_is_named_with_a_remedy(folder: Path):
    components = """
  proxy: {kind: kong}
  old: {kind: python, settings: {version: "3.12"}, source: {directory: app}}
  gone: {kind: python, source: {directory: nowhere}}
  bare: {kind: container, source: {directory: app}}
  far: {kind: python, source: {git: "https://git.example/shop.git", branch: mian}}
  good: {kind: postgres}
"""
    far = CheckoutError("branch", "there is no branch 'mian'", "did you mean 'main'?")
    with pytest.raises(ImageError) as caught:
        wanted(components.strip(), folder, LOCAL, far=far)
    assert str(caught.value).splitlines() == [
        "components/proxy: images are local, and kind 'kong' has no recipe (`backdraft images use registry`, "
        "or give the component an `image:` that is on the engine)",
        "components/old/settings/version: images are local, and there is no recipe for Python 3.12 "
        "(write one of 3.13, 3.11, or `backdraft images use registry`)",
        "components/gone/source/directory: there is no directory 'nowhere' beside the schema (known: app, own)",
        "components/bare/source/directory: there is no Dockerfile in 'app' "
        "(write one, or choose a kind that builds your code, such as python)",
        "components/far/source/branch: there is no branch 'mian' (did you mean 'main'?)",
    ]


def test_a_source_that_cannot_be_read_is_told_with_its_component(folder: Path):
    (folder / "app/key").symlink_to("/etc/passwd")
    with pytest.raises(ImageError) as caught:
        wanted("api: {kind: python, source: {directory: app}}", folder, REGISTRY)
    assert str(caught.value) == (
        f"components/api/source: {folder}/app/key: the link leads out of the source, to /etc/passwd; "
        "put a copy there instead"
    )


def test_the_name_of_a_built_image_changes_with_its_source_and_its_base(folder: Path):
    def reference(version: str = "3.13") -> str:
        drawn = f'api: {{kind: python, settings: {{version: "{version}"}}, source: {{directory: app}}}}'
        return wanted(drawn, folder, REGISTRY)["api"].reference

    names = [reference(), reference(), reference("3.11")]
    (folder / "app/app.py").write_text("print(1)\n")
    names.append(reference())
    assert names[0] == names[1]
    assert len(set(names)) == 3


@pytest.mark.parametrize(
    ("text", "source"),
    [
        ("registry", REGISTRY),
        (" local ", LOCAL),
        ("mirror mirror.example/hub/", MIRROR),
        ("mirror", None),
        ("mirror /", None),
        ("mirror a b", None),
        ("local x", None),
        ("", None),
    ],
)
def test_a_setting_names_a_source_or_is_refused(text: str, source: ImageSource | None):
    if source:
        assert source_of(text) == source
        assert source_of(str(source)) == source
        return
    with pytest.raises(ImageError) as caught:
        source_of(text)
    assert str(caught.value) == f"images: '{text}' is no source of images (write registry, local, or mirror PREFIX)"


DIGEST = "sha256:" + "0" * 64
NAMES = [
    ("nginx", "nginx:latest", "mirror.example/hub/library/nginx"),
    ("nginx:1.26", "nginx:1.26", "mirror.example/hub/library/nginx:1.26"),
    ("library/nginx", "nginx:latest", "mirror.example/hub/library/nginx"),
    ("docker.io/library/nginx:1", "nginx:1", "mirror.example/hub/library/nginx:1"),
    ("docker.io/valkey/valkey:8", "valkey/valkey:8", "mirror.example/hub/valkey/valkey:8"),
    ("localhost/app", "localhost/app:latest", "localhost/app"),
    ("localhost:5000/app", "localhost:5000/app:latest", "localhost:5000/app"),
    (f"nginx@{DIGEST}", f"nginx@{DIGEST}", f"mirror.example/hub/library/nginx@{DIGEST}"),
    (f"a.example:5000/b/c:1@{DIGEST}", f"a.example:5000/b/c@{DIGEST}", f"a.example:5000/b/c:1@{DIGEST}"),
]


@pytest.mark.parametrize(("reference", "on_engine", "at_mirror"), NAMES)
def test_names_of_images(reference: str, on_engine: str, at_mirror: str):
    assert engine_name(reference) == on_engine
    assert mirrored(reference, MIRROR) == at_mirror
    assert mirrored(reference, REGISTRY) == reference


def test_images_are_resolved_to_what_the_engine_has(folder: Path):
    images = wanted("a: {kind: container, image: docker.io/library/nginx}\n  b: {kind: redis}", folder, REGISTRY)
    resolved = resolved_images(images, {"nginx:latest": "sha256:1"})
    assert [(name, image.reference, image.id) for name, image in resolved.items()] == [
        ("a", "docker.io/library/nginx", "sha256:1"),
        ("b", "redis:8", ""),
    ]


def test_only_an_image_of_a_dockerfile_of_the_source_is_the_authors_own(folder: Path):
    drawn = "a: {kind: python, source: {directory: app}}\n  b: {kind: python, source: {directory: own}}"
    resolved = resolved_images(wanted(drawn, folder, REGISTRY), {})
    assert {name: image.users_own for name, image in resolved.items()} == {"a": False, "b": True}


def test_an_image_that_several_want_is_fetched_once_and_bases_come_first(folder: Path):
    drawn = """
  a: {kind: python, source: {directory: app}}
  b: {kind: worker, source: {directory: app}}
  c: {kind: container, image: "python:3.13-slim"}
  d: {kind: redis}
  e: {kind: redis}
"""
    first, then = missing_images(wanted(drawn.strip(), folder, REGISTRY), ["busybox:1"])
    assert list(first) == ["python:3.13-slim", "redis:8"]
    assert [component for component, _ in then.values()] == ["a", "b"]


def test_what_is_there_is_not_fetched_nor_what_lies_below_it(folder: Path):
    images = wanted("a: {kind: python, source: {directory: app}}", folder, REGISTRY)
    assert missing_images(images, [images["a"].reference]) == ({}, {})


class Registry:
    """Stands where an engine does; its registry has every image but `absent`."""

    def __init__(self, absent: str = "") -> None:
        self.absent = absent
        self.pulled: list[str] = []
        self.lock = threading.Lock()

    def image_ids(self, names: Iterable[str]) -> Mapping[str, str]:
        return {}

    def pull(self, reference: str, progress: Callable[[str], None]) -> None:
        if reference == self.absent:
            raise EngineError(f"could not pull {reference}: not found")
        with self.lock:
            self.pulled.append(reference)


@pytest.fixture
def two_redis(folder: Path) -> Mapping[str, Wanted]:
    return wanted("a: {kind: redis}\n  b: {kind: redis}\n  c: {kind: postgres}", folder, REGISTRY)


def test_fetching_pulls_each_image_once(two_redis: Mapping[str, Wanted]):
    registry = Registry()
    fetch_missing(two_redis, registry, lambda component, text: None)  # type: ignore[arg-type]
    assert sorted(registry.pulled) == ["postgres:17", "redis:8"]


def test_an_image_that_cannot_be_pulled_is_told_with_its_component(two_redis: Mapping[str, Wanted]):
    with pytest.raises(ImageError) as caught:
        fetch_missing(two_redis, Registry(absent="redis:8"), lambda component, text: None)  # type: ignore[arg-type]
    assert str(caught.value) == (
        "components/a: could not pull redis:8: not found "
        "(check the name and that its registry answers, or `backdraft images use mirror` or `local`)"
    )


def test_a_source_that_changed_since_it_was_looked_at_is_not_built(folder: Path):
    images = wanted("api: {kind: python, source: {directory: own}}", folder, REGISTRY)
    (folder / "own/app.py").write_text("changed")
    with pytest.raises(ImageError) as caught:
        fetch_missing(images, Registry(), lambda component, text: None)  # type: ignore[arg-type]
    assert str(caught.value) == (f"components/api/source: {folder}/own changed since the deploy began (deploy again)")


def test_progress_is_told_one_at_a_time(two_redis: Mapping[str, Wanted]):
    inside, overlaps = threading.Semaphore(1), 0

    class Talking(Registry):
        def pull(self, reference: str, progress: Callable[[str], None]) -> None:
            for _ in range(20):
                progress(reference)

    def progress(component: str, text: str) -> None:
        nonlocal overlaps
        overlaps += not inside.acquire(blocking=False)
        time.sleep(0.001)
        inside.release()

    fetch_missing(two_redis, Talking(), progress)  # type: ignore[arg-type]
    assert overlaps == 0


@pytest.mark.parametrize(
    ("number", "raised"), [(signal.SIGINT, KeyboardInterrupt), (signal.SIGTERM, Terminated)], ids=["Ctrl-C", "SIGTERM"]
)
def test_who_is_asked_to_stop_does_not_wait_for_an_answer_that_does_not_come(
    two_redis: Mapping[str, Wanted], number: signal.Signals, raised: type[KeyboardInterrupt]
):
    class Silent(Registry):
        def pull(self, reference: str, progress: Callable[[str], None]) -> None:
            if reference == "redis:8":
                os.kill(os.getpid(), number)
            threading.Event().wait(30)

    begun = time.monotonic()
    with obeying(), pytest.raises(raised, match="what runs was not touched"):
        fetch_missing(two_redis, Silent(), lambda component, text: None)  # type: ignore[arg-type]
    assert time.monotonic() - begun < 3


def test_a_program_that_was_stopped_while_it_fetched_ends(folder: Path):
    code = """
import os, signal, threading
from deployer.images.fetching import fetch_missing, Pull
class Silent:
    def image_ids(self, names): return {}
    def pull(self, reference, progress):
        os.kill(os.getpid(), signal.SIGINT)
        threading.Event().wait(30)
fetch_missing({"a": Pull("redis")}, Silent(), print)
"""
    ended = subprocess.run([sys.executable, "-c", code], check=False, timeout=10, capture_output=True, text=True)
    assert ended.stderr.splitlines()[-1] == (
        "KeyboardInterrupt: stopped while images were fetched; what runs was not touched"
    )


COMMIT = "3f2a9c4d1e2b" + "0" * 28
FAR = 'api: {kind: KIND, source: {git: "https://git.example/shop.git", branch: main, directory: app}}'


def checkout(folder: Path, directory: str = "app", branch: str = "main") -> Checkout:
    return Checkout("https://git.example/shop.git", branch, COMMIT, folder, directory)


def test_a_source_in_git_is_built_as_one_in_a_directory_and_remembers_its_commit(folder: Path):
    near = wanted("api: {kind: python, source: {directory: app}}", folder, REGISTRY)["api"]
    images = wanted(FAR.replace("KIND", "python"), Path("/nowhere"), REGISTRY, api=checkout(folder))
    assert images["api"].reference == near.reference
    assert commits(images) == {"api": COMMIT}
    assert commit_sentences(images) == ("https://git.example/shop.git: main is at 3f2a9c4d1e2b",)
    assert commits({"api": near}) == {}


def test_a_branch_that_several_are_built_from_is_told_once_and_a_commit_that_the_schema_names_not_at_all(folder: Path):
    drawn = f"{FAR}\n  {FAR.replace('api', 'jobs', 1)}\n  {FAR.replace('api', 'old', 1)}".replace("KIND", "python")
    found = {"api": checkout(folder), "jobs": checkout(folder, "own"), "old": checkout(folder, branch=COMMIT)}
    images = wanted(drawn, folder, REGISTRY, **found)
    assert commit_sentences(images) == ("https://git.example/shop.git: main is at 3f2a9c4d1e2b",)
    assert commits(images) == dict.fromkeys(("api", "jobs", "old"), COMMIT)


def test_faults_of_a_source_in_git_name_its_address_and_not_where_it_was_laid_out(folder: Path):
    (folder / "app/key").symlink_to("/etc/passwd")
    with pytest.raises(ImageError) as caught:
        wanted(FAR.replace("KIND", "python"), folder, REGISTRY, api=checkout(folder))
    assert str(caught.value) == (
        "components/api/source: https://git.example/shop.git/app/key: the link leads out of the source, to /etc/passwd"
        "; put a copy there instead"
    )
    with pytest.raises(ImageError) as caught:
        wanted(FAR.replace("KIND", "container"), folder, REGISTRY, api=checkout(folder))
    assert str(caught.value) == (
        "components/api/source/directory: there is no Dockerfile in https://git.example/shop.git/app "
        "(write one, or choose a kind that builds your code, such as python)"
    )


def test_only_what_is_built_from_git_is_checked_out(folder: Path):
    drawn = schema(f"""{FAR.replace("KIND", "python")}
  near: {{kind: python, source: {{directory: app}}}}
  made: {{kind: python, image: "nginx:1", source: {{git: "https://git.example/x", directory: app}}}}
  db: {{kind: postgres}}""")
    assert list(git_sources(drawn, standard())) == ["api"]


def test_an_image_built_from_git_is_labelled_with_its_commit(folder: Path):
    drawn = FAR.replace("KIND", "python").replace("directory: app", "directory: own")
    images = wanted(drawn, folder, REGISTRY, api=checkout(folder, "own"))
    engine = Builder()
    fetch_missing(images, engine, lambda component, text: None)  # type: ignore[arg-type]
    [labels] = [labels for name, labels in engine.images.items() if name == images["api"].reference]
    assert {name: value for name, value in labels.items() if name.startswith("org.")} == {
        "org.opencontainers.image.source": "https://git.example/shop.git",
        "org.opencontainers.image.revision": COMMIT,
    }


def test_a_source_must_lie_in_the_folder_of_the_schema(folder: Path):
    (folder / "project").mkdir()
    (folder / "project" / "link").symlink_to(folder / "app")
    with pytest.raises(ImageError) as caught:
        wanted("api: {kind: python, source: {directory: link}}", folder / "project", REGISTRY)
    assert str(caught.value) == (
        f"components/api/source/directory: 'link' leads out of the schema's folder, to {folder}/app "
        "(put the source into that folder instead)"
    )


def test_the_folder_of_a_schema_may_itself_be_a_link(folder: Path):
    (folder / "link").symlink_to(folder)
    assert wanted("api: {kind: python, source: {directory: app}}", folder / "link", REGISTRY)


class Builder(Registry):
    """Has images with labels; builds what it is asked to, and remembers."""

    def __init__(self) -> None:
        super().__init__()
        self.client = self
        self.images: dict[str, dict[str, str]] = {"backdraft.local/base:trixie": {}}
        self.built: list[str] = []

    def image_ids(self, names: Iterable[str]) -> Mapping[str, str]:
        return {name: name for name in names if name in self.images}

    def inspect_image(self, name: str) -> Mapping[str, object]:
        if name not in self.images:
            raise ImageNotFound(name)
        return {"Id": name, "Config": {"Labels": self.images[name]}}

    def build(self, *, tag: str, labels: dict[str, str], **rest: object) -> Iterable[Mapping[str, object]]:
        self.images[tag] = labels
        self.built.append(tag)
        return [{"aux": {"ID": tag}}]


def test_a_gate_of_another_recipe_is_made_anew_and_no_other_image(monkeypatch: pytest.MonkeyPatch):
    base = base_digest("trixie", debian_mirror({}))
    monkeypatch.delenv("BACKDRAFT_DEBIAN_MIRROR", raising=False)
    engine = Builder()
    engine.images |= {"backdraft.local/base:trixie": {RECIPE_LABEL: base}, "backdraft.local/redis:8": {}}
    both = {name: RecipeBuild(f"backdraft.local/{name}", *name.split(":")) for name in ("gate:1", "redis:8")}
    images = {"_gate": both["gate:1"], "cache": both["redis:8"]}

    def fetch() -> list[str]:
        fetch_missing(images, engine, lambda component, text: None)  # type: ignore[arg-type]
        return engine.built

    assert fetch() == ["backdraft.local/gate:1"]
    assert fetch() == ["backdraft.local/gate:1"]
    engine.images["backdraft.local/gate:1"] = {RECIPE_LABEL: "older"}
    assert fetch() == ["backdraft.local/gate:1", "backdraft.local/gate:1"]
    engine.images["backdraft.local/gate:1"] = {RECIPE_LABEL: "older"}
    del engine.images["backdraft.local/base:trixie"]
    assert fetch() == ["backdraft.local/gate:1", "backdraft.local/gate:1"]
