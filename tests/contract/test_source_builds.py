"""A user's source becomes an image: trusted while it is built, and carrying nothing of that trust."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from boxes import SCRATCH, Boxes

from deployer.builds import BuildError, build_source, host_certificates

pytestmark = pytest.mark.engine
Image = Callable[..., str]


def write(path: Path, text: str, mode: int = 0o644) -> None:
    path.write_text(text)
    path.chmod(mode)


def body(response: str) -> str:
    assert " 200 " in response.splitlines()[0], response
    return response.partition("\r\n\r\n")[2]


@pytest.fixture
def source(tmp_path: Path) -> Path:
    folder = tmp_path / "source"
    folder.mkdir()
    return folder


@pytest.fixture
def built(boxes: Boxes, request: pytest.FixtureRequest) -> Iterator[Callable[..., str]]:
    """Builds a source; its image goes when the test is over."""
    tags: set[str] = set()

    def build(directory: Path, recipe: str, base: str) -> str:
        tag = f"backdraft.local/test-{recipe}:{request.node.name[:60]}"
        build_source(
            boxes.engine, directory=directory, recipe=recipe, base=base, tag=tag, progress=lambda sentence: None
        )
        tags.add(tag)
        return tag

    yield build
    for tag in tags:
        boxes.engine.remove_image(tag, force=True)


def everything_in(boxes: Boxes, tag: str) -> bytes:
    """All layers and the history of an image, as the engine would give them to anybody."""
    return b"".join(boxes.engine.get_image(tag)) + str(boxes.engine.history(tag)).encode()


def test_a_python_source_becomes_an_image_without_what_only_the_build_had_to_trust(
    boxes: Boxes, image: Image, built: Callable[..., str], source: Path, monkeypatch: pytest.MonkeyPatch
):
    canary = b"# the canary of this test\n"
    bundle = source.parent / "bundle.pem"
    bundle.write_bytes(canary + host_certificates(os.environ))
    monkeypatch.setenv("SSL_CERT_FILE", str(bundle))
    monkeypatch.setenv("NO_PROXY", "canary-proxy.example")
    write(source / "requirements.txt", "iniconfig==2.0.0\n")
    write(source / "app.py", "import os, iniconfig\nprint(os.getuid(), iniconfig.__name__)\n", 0o600)
    tag = built(source, "python", image("python"))
    box = boxes.start(tag, "sleep", "600")
    assert box.run("python", "app.py") == "10001 iniconfig"
    assert box.run("sh", "-c", "ls -A /app; pwd; id -un").split() == ["app.py", "requirements.txt", "/app", "app"]
    content = everything_in(boxes, tag)
    assert b"iniconfig" in content
    assert canary not in content
    assert b"canary-proxy" not in content


def test_a_python_source_needs_no_requirements_and_is_built_once(
    boxes: Boxes, image: Image, built: Callable[..., str], source: Path
):
    write(source / "app.py", "print('plain')\n")
    tag = built(source, "python", image("python"))
    first = boxes.engine.inspect_image(tag)["Id"]
    assert built(source, "python", image("python")) == tag
    assert boxes.engine.inspect_image(tag)["Id"] == first
    write(source / "app.py", "print('changed')\n")
    built(source, "python", image("python"))
    assert boxes.start(tag, "sleep", "600").run("python", "app.py") == "changed"


def test_requirements_may_point_into_the_source(boxes: Boxes, image: Image, built: Callable[..., str], source: Path):
    (source / "requirements").mkdir()
    write(source / "requirements/base.txt", "iniconfig==2.0.0\n")
    write(source / "requirements.txt", "-r requirements/base.txt\n")
    box = boxes.start(built(source, "python", image("python")), "sleep", "600")
    assert box.run("python", "-c", "import iniconfig; print('there')") == "there"


def test_a_node_source_becomes_an_image(boxes: Boxes, image: Image, built: Callable[..., str], source: Path):
    write(
        source / "package.json",
        '{"name": "shop", "version": "1.0.0", "dependencies": {"ms": "2.1.3"}, "devDependencies": {"he": "1.2.0"}}',
    )
    write(source / "app.js", "console.log(process.getuid(), require('ms')('1s'))\n")
    box = boxes.start(built(source, "node", image("node")), "sleep", "600")
    assert box.run("node", "app.js") == "10001 1000"
    assert "he" not in box.run("ls", "/app/node_modules").split()
    assert box.run("sh", "-c", "ls -A /app").split() == ["app.js", "node_modules", "package-lock.json", "package.json"]


def test_static_files_are_served(boxes: Boxes, image: Image, built: Callable[..., str], source: Path):
    write(source / "index.html", "hello", 0o600)
    box = boxes.start(built(source, "static", image("nginx")), user="nginx", tmpfs=(*SCRATCH, "/var/cache/nginx"))
    box.until(lambda: body(box.get(80)) == "hello")
    assert box.run("ls", "-A", "/usr/share/nginx/html") == "index.html"


def test_a_dockerfile_of_the_source_is_used(boxes: Boxes, image: Image, built: Callable[..., str], source: Path):
    write(source / "Dockerfile", f"FROM {image('python')}\nCOPY . /here/\n")
    write(source / ".dockerignore", "secret.txt\n")
    write(source / "secret.txt", "")
    write(source / "kept.txt", "")
    box = boxes.start(built(source, "python", "no-such-image:1"), "sleep", "600")
    assert box.run("ls", "-A", "/here").split() == [".dockerignore", "Dockerfile", "kept.txt"]


def test_a_failing_build_shows_its_last_lines_and_a_remedy(image: Image, built: Callable[..., str], source: Path):
    write(source / "Dockerfile", f"FROM {image('python')}\nRUN echo about to fail && exit 3\n")
    with pytest.raises(BuildError) as caught:
        built(source, "python", image("python"))
    first, *rest = str(caught.value).splitlines()
    assert first.endswith("failed; correct what the last lines complain about:")
    assert "  about to fail" in rest
    assert "returned a non-zero code: 3" in rest[-1]


def test_a_missing_base_is_said_so_before_anything_is_pulled(built: Callable[..., str], source: Path):
    write(source / "app.py", "")
    with pytest.raises(BuildError, match="the base image no-such-image:1 is not on this engine"):
        built(source, "python", "no-such-image:1")
