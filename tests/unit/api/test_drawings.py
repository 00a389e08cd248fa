"""Projects and their schemas over the API."""

from __future__ import annotations

import pytest

from tests.unit.api.conftest import As
from ui.installation import Installation

TEXT = "backdraft: 1\nname: shop\ncomponents:\n  db: {kind: postgres}\n"


@pytest.fixture(autouse=True)
def shop(client: As) -> None:
    assert client("ada").post("/api/v1/projects", json={"name": "shop"}).status_code == 201


def save(client: As, person: str, text: str, version: int) -> tuple[int, dict[str, object]]:
    answer = client(person).put(
        "/api/v1/projects/shop/schema", json={"text": text}, headers={"If-Match": f'"v{version}"'}
    )
    return answer.status_code, answer.get_json()


def test_a_new_project_has_an_empty_schema_of_its_name(client: As):
    answer = client("vic").get("/api/v1/projects/shop/schema")
    assert (answer.headers["ETag"], answer.get_json()["text"]) == (
        '"v1"',
        "backdraft: 1\nname: shop\ncomponents: {}\n",
    )


def test_a_schema_that_was_not_changed_is_not_sent_again(client: As):
    answer = client("vic").get("/api/v1/projects/shop/schema", headers={"If-None-Match": '"v1"'})
    assert (answer.status_code, answer.data) == (304, b"")


def test_a_save_is_a_version_and_the_same_text_again_is_none(client: As):
    assert save(client, "dan", TEXT, 1)[1]["version"] == 2
    assert save(client, "dan", TEXT, 2)[1]["version"] == 2
    drafts = client("vic").get("/api/v1/projects/shop/drafts").get_json()
    assert [(each["version"], each["who"]) for each in drafts["drafts"]] == [(2, "dan"), (1, "ada")]


def test_versions_come_in_pages_with_a_cursor(client: As):
    for version in (1, 2, 3):
        save(client, "dan", TEXT + f"# {version}\n", version)
    first = client("vic").get("/api/v1/projects/shop/drafts?limit=3").get_json()
    assert ([each["version"] for each in first["drafts"]], first["next"]) == ([4, 3, 2], "2")
    last = client("vic").get(f"/api/v1/projects/shop/drafts?limit=3&cursor={first['next']}").get_json()
    assert ([each["version"] for each in last["drafts"]], last["next"]) == ([1], None)


def test_a_lost_update_is_refused_with_both_versions_and_their_base(client: As):
    save(client, "ada", TEXT, 1)
    status, problem = save(client, "dan", TEXT + "# mine\n", 1)
    assert (status, problem["type"], problem["detail"]) == (
        412,
        "/problems/lost-update",
        "version 2 of ada stands, you edited version 1",
    )
    assert problem["newest"]["text"] == TEXT  # type: ignore[index]
    assert problem["base"]["text"] == "backdraft: 1\nname: shop\ncomponents: {}\n"  # type: ignore[index]


def test_a_save_that_does_not_say_what_was_edited_is_refused(client: As):
    answer = client("dan").put("/api/v1/projects/shop/schema", json={"text": TEXT})
    assert (answer.status_code, answer.get_json()["type"]) == (428, "/problems/precondition-required")


def test_a_text_that_does_not_parse_is_a_draft_but_one_of_another_name_is_a_mistake(client: As):
    assert save(client, "dan", "components: [", 1)[0] == 200
    status, problem = save(client, "dan", TEXT.replace("shop", "blog"), 2)
    assert (status, problem["path"], problem["remedy"]) == (422, "name", "write `name: shop`")


def test_a_name_that_is_taken_or_no_name_is_refused_with_its_place(client: As):
    assert client("ada").post("/api/v1/projects", json={"name": "shop"}).status_code == 409
    answer = client("ada").post("/api/v1/projects", json={"name": "No Name"})
    assert (answer.status_code, answer.content_type) == (422, "application/problem+json")
    assert answer.get_json()["faults"][0]["path"] == "name"


def test_whose_a_project_is_not_cannot_tell_it_from_none(client: As):
    for path in ("", "/schema", "/drafts", "/drafts/1"):
        theirs, nobodys = (client("eve").get(f"/api/v1/projects/{name}{path}") for name in ("shop", "nope"))
        assert (theirs.status_code, nobodys.status_code) == (404, 404)
        assert {**theirs.get_json(), "instance": "", "detail": ""} == {
            **nobodys.get_json(),
            "instance": "",
            "detail": "",
        }
    assert client("eve").get("/api/v1/projects").get_json() == {"projects": []}


def test_a_viewer_may_not_draw_and_nobody_unknown_may_look(client: As):
    assert save(client, "vic", TEXT, 1)[0] == 403
    answer = client("").get("/api/v1/projects")
    assert (answer.status_code, answer.get_json()["type"]) == (401, "/problems/not-signed-in")


def test_a_text_is_judged_with_places_and_remedies(client: As):
    problems = client("eve").post("/api/v1/check", json={"text": TEXT.replace("postgres", "postgre")}).get_json()
    assert [(each["path"], each["line"]) for each in problems["problems"]] == [("components/db/kind", 4)]
    assert client("eve").post("/api/v1/check", json={"text": TEXT}).get_json()["problems"] == []


def test_what_changed_stands_in_the_audit_log_and_in_the_journal(client: As, installation: Installation):
    save(client, "dan", TEXT, 1)
    deeds = installation.audit.deeds("shop")
    assert [(deed.who, deed.what, deed.target, deed.before, deed.after) for deed in deeds] == [
        ("dan", "save_schema", "schema", {"version": 1}, {"version": 2}),
        ("ada", "make_project", "", None, {"name": "shop"}),
    ]
    assert [(entry.project, entry.kind) for entry in installation.journal.since(0)] == [
        ("shop", "project.made"),
        ("shop", "draft.saved"),
    ]


@pytest.mark.parametrize("tag", ["v99999999999999999999", "v2147483648", "v-1", "v", "1", "v1 "])
def test_a_version_that_cannot_be_is_refused(client: As, tag: str):
    headers = {"If-Match": f'"{tag}"'}
    answer = client("dan").put("/api/v1/projects/shop/schema", json={"text": TEXT}, headers=headers)
    assert (answer.status_code, answer.get_json()["type"]) == (400, "/problems/bad-etag")
    for path in ("drafts/99999999999999999999", "drafts?cursor=99999999999999999999"):
        assert client("vic").get(f"/api/v1/projects/shop/{path}").status_code == 422
