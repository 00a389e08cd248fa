"""Archives of sources: what is well is unpacked, what is hostile is refused, and then nothing is kept."""

from __future__ import annotations

import io
import tarfile
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from deployer.uploads import KEPT_TREES, MOST_MEMBERS, UploadError, Uploads, UploadTooLargeError

Member = tuple[str, bytes, bytes, str]


def member(name: str, content: bytes = b"", kind: bytes = tarfile.REGTYPE, target: str = "") -> Member:
    return name, content, kind, target


def tar(*members: Member, mode: int = 0o644, form: int = tarfile.PAX_FORMAT) -> io.BytesIO:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=form) as archive:
        for name, content, kind, target in members:
            info = tarfile.TarInfo(name)
            info.type, info.linkname, info.mode, info.size = kind, target, mode, len(content)
            archive.addfile(info, io.BytesIO(content))
    buffer.seek(0)
    return buffer


LINK, HARD, DEVICE, FOLDER = tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE, tarfile.DIRTYPE


def test_a_tree_has_the_files_links_and_executable_bits_that_were_sent(tmp_path: Path):
    uploads = Uploads(tmp_path)
    name = uploads.put(
        "shop",
        tar(
            member("./", kind=FOLDER),
            member("./api/run.sh", b"#!/bin/sh\n"),
            member("api/lib", kind=LINK, target="../lib"),
            member("lib", kind=FOLDER),
            mode=0o4755,
        ),
    )
    tree = uploads.directory("shop", name)
    assert (tree / "api" / "run.sh").read_bytes() == b"#!/bin/sh\n"
    assert oct((tree / "api" / "run.sh").stat().st_mode & 0o7777) == "0o755"
    assert (tree / "api" / "lib").resolve() == (tree / "lib").resolve()


def test_a_tree_is_named_after_its_content_and_is_of_one_project(tmp_path: Path):
    uploads = Uploads(tmp_path)
    first = uploads.put("shop", tar(member("a", b"1"), member("b", b"2")))
    assert uploads.put("shop", tar(member("b", b"2"), member("./a", b"1"))) == first
    assert uploads.put("shop", tar(member("a", b"2"), member("b", b"2"))) != first
    for project, tree in (("blog", first), ("shop", "../shop"), ("shop", "0" * 64), ("shop", "")):
        with pytest.raises(UploadError, match="there are no sources"):
            uploads.directory(project, tree)
    uploads.forget("shop")
    assert list((tmp_path / "sources").iterdir()) == []


def test_only_the_newest_trees_are_kept(tmp_path: Path):
    uploads = Uploads(tmp_path)
    names = []
    for number in range(KEPT_TREES + 2):
        names.append(uploads.put("shop", tar(member("a", str(number).encode()))))
        time.sleep(0.01)
    assert {path.name for path in (tmp_path / "sources" / "shop").iterdir()} == set(names[2:])


@pytest.mark.parametrize(
    ("archive", "fault"),
    [
        (tar(member("../x", b"x")), "'../x': is no name within the sources"),
        (tar(member("a/../../x", b"x")), "is no name within the sources"),
        (tar(member("/etc/x", b"x")), "'/etc/x': is no name within the sources"),
        (tar(member("a\nb", b"x")), "is no name within the sources"),
        (tar(member("/".join("x" * 50), b"x")), "is no name within the sources"),
        (tar(member("x" * 300, b"x")), "is no name within the sources"),
        (tar(member("a", kind=LINK, target="/etc")), "'a': the link leads out of the sources"),
        (tar(member("a/b", kind=LINK, target="../../x")), "'a/b': the link leads out of the sources"),
        (tar(member("a", kind=LINK, target="x/../../y")), "the link leads out of the sources"),
        (
            tar(member("a", kind=LINK, target="b"), member("a/x", b"x"), member("b", kind=FOLDER)),
            "'a/x': lies below 'a', which is a link",
        ),
        (
            # each link alone stays inside, together they climb out
            tar(
                member("d/e", kind=FOLDER),
                member("d/up", kind=LINK, target="e/.."),
                member("out", kind=LINK, target="d/up/../.."),
            ),
            "'out': the link leads out of the sources",
        ),
        (tar(member("a", kind=LINK, target="b"), member("a", b"x")), "'a': is in the archive twice"),
        (tar(member("a", b"x"), member("a", b"y")), "'a': is in the archive twice"),
        (tar(member("a", b"x"), member("a/b", b"y")), "'a/b': lies below 'a', which is a file"),
        (tar(member("a", b"x"), member("b", kind=HARD, target="a")), "'b': is neither a file, a directory nor"),
        (tar(member("a", kind=HARD, target="/etc/passwd")), "is neither a file"),
        (tar(member("a", kind=DEVICE)), "is neither a file"),
        (tar(member("a", kind=tarfile.FIFOTYPE)), "is neither a file"),
        (tar(member("a", kind=tarfile.GNUTYPE_SPARSE), form=tarfile.GNU_FORMAT), "is neither a file"),
        (io.BytesIO(b"PK\x03\x04" + b"x" * 2000), "that is no tar archive"),
        (io.BytesIO(b"\x1f\x8b" + b"x" * 2000), "that is no tar archive"),
        (io.BytesIO(b""), "that is no tar archive"),
        (io.BytesIO(tar(member("a", b"x" * 5000)).getvalue()[:2000]), "that is no tar archive"),
    ],
)
def test_what_would_reach_out_of_the_tree_or_is_no_archive_is_refused_and_nothing_kept(
    tmp_path: Path, archive: io.BytesIO, fault: str
):
    archive.seek(0)
    with pytest.raises(UploadError, match=fault.replace(".", r"\.")):
        Uploads(tmp_path).put("shop", archive)
    assert [path for path in (tmp_path / "sources").rglob("*") if path.name != "shop"] == []


def with_size(archive: io.BytesIO, kind: bytes, size: bytes) -> io.BytesIO:
    """The first header, of another type and claiming another size, its sum put right."""
    header = bytearray(archive.getvalue()[:512])
    header[124:136], header[156:157], header[148:156] = size, kind, b" " * 8
    header[148:156] = f"{sum(header):06o}\0 ".encode()
    return io.BytesIO(bytes(header) + archive.getvalue()[512:])


@pytest.mark.parametrize("kind", [b"x", b"g", b"L", b"K"], ids=["pax", "global", "long name", "long link"])
@pytest.mark.parametrize("size", [b"77777777777\0", b"\xff" * 12, b"\x80" + b"\xff" * 11], ids=["8 GB", "-1", "huge"])
def test_a_header_that_claims_to_be_longer_than_memory_costs_nothing(tmp_path: Path, kind: bytes, size: bytes):
    begun = time.monotonic()
    with pytest.raises(UploadError):
        Uploads(tmp_path).put("shop", with_size(tar(member("a", b"x" * 3000)), kind, size))
    assert time.monotonic() - begun < 1


def test_no_archive_has_more_bytes_or_members_than_sources_may_have(tmp_path: Path):
    with pytest.raises(UploadTooLargeError, match="larger than the 1 MiB"):
        Uploads(tmp_path).put("shop", tar(member("a", b"x" * (1 << 20))), most=1 << 20)
    with pytest.raises(UploadTooLargeError, match=f"more than {MOST_MEMBERS} members"):
        Uploads(tmp_path).put("shop", tar(*(member("a/", kind=FOLDER) for _ in range(MOST_MEMBERS + 1))))


def test_an_endless_stream_is_cut_off(tmp_path: Path):
    class Endless(io.RawIOBase):
        read: Callable[[int], bytes] = staticmethod(lambda size=-1: b"\0" * size)  # type: ignore[assignment]

    with pytest.raises(UploadTooLargeError):
        Uploads(tmp_path).put("shop", Endless(), most=1 << 20)  # type: ignore[arg-type]
