"""Whether the directories a schema builds from lie beside it."""

import time
from pathlib import Path

import pytest

from composer.catalogue import standard
from composer.document import parse
from composer.sources import PROBLEMS, source_problems

HEAD = "backdraft: 1\nname: shop\ncomponents:\n"


def told(folder: Path, *components: str) -> str:
    schema = parse(HEAD + "".join(f"  {each}\n" for each in components))
    return "\n".join(map(str, source_problems(schema, standard(), folder))).replace(str(folder.parent), "FOLDER")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("api", "services/mail", "empty", ".git", "__pycache__", "with-dockerfile"):
        (tmp_path / "shop" / name).mkdir(parents=True)
    (tmp_path / "shop/api/app.py").write_text("")
    (tmp_path / "shop/with-dockerfile/Dockerfile").write_text("")
    (tmp_path / "elsewhere/lib").mkdir(parents=True)
    (tmp_path / "shop/out").symlink_to(tmp_path / "elsewhere")
    (tmp_path / "shop/loop").symlink_to("loop")
    (tmp_path / "shop/inside").symlink_to("services")
    return tmp_path / "shop"


@pytest.mark.parametrize(
    ("kind", "directory", "said"),
    [
        ("python", "api", ""),
        ("python", ".", ""),
        ("python", "./services//mail/", ""),
        ("python", "inside/mail", ""),
        ("container", "with-dockerfile", ""),
        (
            "python",
            "nowhere",
            "there is no directory 'nowhere' beside the schema (known: api, empty, services, with-dockerfile)",
        ),
        ("python", "apo", "there is no directory 'apo' beside the schema (did you mean 'api'?)"),
        ("python", "servces/mail", "there is no directory 'servces' beside the schema (did you mean 'services'?)"),
        ("python", "services/mial", "there is no directory 'mial' in 'services' (did you mean 'mail'?)"),
        (
            "python",
            "empty/api",
            "there is no directory 'api' in 'empty' (make it, or write where your code lies, as seen from the folder "
            "of the schema)",
        ),
        ("python", "api/app.py", "'api/app.py' is no directory (write the directory that your code lies in)"),
        (
            "python",
            "out",
            "'out' leads out of the schema's folder, to FOLDER/elsewhere (put the source into that folder instead)",
        ),
        (
            "python",
            "out/nothing",
            "'out/nothing' leads out of the schema's folder, to FOLDER/elsewhere "
            "(put the source into that folder instead)",
        ),
        (
            "python",
            "loop",
            "there is no directory 'loop' beside the schema (known: api, empty, services, with-dockerfile)",
        ),
        (
            "container",
            "api",
            "there is no Dockerfile in 'api' (write one, or choose a kind that builds your code, such as python)",
        ),
    ],
)
def test_a_source_has_to_be_a_directory_in_the_folder_of_the_schema(folder: Path, kind: str, directory: str, said: str):
    found = told(folder, f"api: {{kind: {kind}, source: {{directory: '{directory}'}}}}")
    assert found == (f"4:{37 + len(kind)} components/api/source/directory: {said}" if said else "")


def test_a_folder_that_cannot_be_looked_into_is_said_so(folder: Path):
    assert told(folder / ("a" * 300), "api: {kind: python, source: {directory: api}}") == (
        "4:43 components/api/source/directory: 'api' cannot be read: File name too long "
        "(check the path, and that your user may look there)"
    )


def test_what_is_built_from_no_directory_is_not_looked_for(folder: Path):
    assert (
        told(
            folder,
            'far: {kind: python, source: {git: "https://git.example/shop.git", directory: nowhere}}',
            "db: {kind: postgres, source: {directory: nowhere}}",
            "both: {kind: python, image: python, source: {directory: nowhere}}",
        )
        == ""
    )


def test_a_component_of_an_unknown_kind_is_looked_for_all_the_same(folder: Path):
    assert "did you mean 'api'?" in told(folder, "api: {kind: pythn, source: {directory: ap}}")


def test_many_sources_that_are_not_there_cost_little(folder: Path):
    for number in range(1_000):
        (folder / f"apparatus-{number}").mkdir()
    drawn = [f"c{number}: {{kind: python, source: {{directory: apparatus-x{number}}}}}" for number in range(2_000)]
    schema = parse(HEAD + "".join(f"  {each}\n" for each in drawn))
    begun = time.process_time()
    assert len(source_problems(schema, standard(), folder)) == PROBLEMS
    assert time.process_time() - begun < 2
