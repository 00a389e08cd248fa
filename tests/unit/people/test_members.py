"""Who is what in a project, invitations into it, and everybody for administrators."""

from __future__ import annotations

import pytest

from tests.unit.people.conftest import PASSWORD, As, Browser, New, kind
from ui.installation import Installation


def invited(owner: Browser, role: str = "viewer") -> str:
    """The token of a new invitation into shop."""
    answer = owner.post("/projects/shop/invitations", {"role": role})
    assert answer.status_code == 201
    return str(answer.get_json()["link"]).partition("/invitation#")[2]


def members(browser: Browser) -> dict[str, str]:
    return {each["name"]: each["role"] for each in browser.get("/projects/shop/members")["members"]}


def test_whoever_makes_a_project_owns_it(signed_in: As):
    ada = signed_in("ada")
    assert ada.post("/projects", {"name": "blog"}).status_code == 201
    assert [(each["name"], each["role"]) for each in ada.get("/projects/blog/members")["members"]] == [("ada", "owner")]
    assert ada.get("/me")["roles"] == {"blog": "owner", "shop": "owner"}


def test_somebody_new_comes_in_by_a_link_that_is_good_once(signed_in: As, browser: New):
    ada, new = signed_in("ada"), browser()
    token = invited(ada, "developer")
    shown = new.post("/invitations/look", {"token": token}).get_json()
    assert (shown["project"], shown["role"], shown["made_by"]) == ("shop", "developer", "ada")
    body = {"token": token, "name": "new", "password": PASSWORD}
    assert kind(new.post("/invitations/sign-up", {**body, "password": "Password1234"})) == (422, "weak-password")
    assert kind(new.post("/invitations/sign-up", {**body, "name": "dan"})) == (409, "name-taken")
    answer = new.post("/invitations/sign-up", body)
    assert (answer.status_code, answer.get_json()["roles"]) == (200, {"shop": "developer"})
    assert new.get("/me")["name"] == "new"
    assert kind(browser().post("/invitations/sign-up", {**body, "name": "other"})) == (410, "link-over")
    assert members(ada) == {"ada": "owner", "dan": "developer", "vic": "viewer", "new": "developer"}


def test_somebody_with_an_account_takes_an_invitation_and_is_never_made_less_by_it(signed_in: As):
    ada, eve, dan = signed_in("ada"), signed_in("eve"), signed_in("dan")
    answer = eve.post("/invitations/accept", {"token": invited(ada, "developer")})
    assert answer.get_json()["roles"] == {"shop": "developer"}
    dan.post("/invitations/accept", {"token": invited(ada, "viewer")})
    assert members(ada) == {"ada": "owner", "dan": "developer", "vic": "viewer", "eve": "developer"}
    deed = ada.get("/projects/shop/audit?limit=3")["deeds"][2]
    assert (deed["who"], deed["what"], deed["after"]) == ("eve", "accept_invitation", {"role": "developer"})


def test_an_invitation_that_was_taken_back_is_good_for_nothing(signed_in: As):
    ada, eve = signed_in("ada"), signed_in("eve")
    token = invited(ada)
    (waiting,) = ada.get("/projects/shop/invitations")["invitations"]
    assert "link" not in waiting
    assert ada.ask("DELETE", f"/projects/shop/invitations/{waiting['id']}").status_code == 204
    assert kind(eve.post("/invitations/accept", {"token": token})) == (410, "link-over")


def test_an_invitation_of_another_project_cannot_be_taken_back(signed_in: As):
    ada, root = signed_in("ada"), signed_in("root")
    root.post("/projects", {"name": "blog"})
    made = root.post("/projects/blog/invitations", {"role": "viewer"}).get_json()
    assert kind(ada.ask("DELETE", f"/projects/shop/invitations/{made['id']}")) == (404, "not-found")
    assert kind(root.ask("DELETE", f"/people/invitations/{made['id']}")) == (404, "not-found")


def test_without_a_mail_server_nobody_is_invited_by_mail(signed_in: As):
    answer = signed_in("ada").post("/projects/shop/invitations", {"role": "viewer", "email": "new@example.org"})
    assert (kind(answer), answer.get_json()["remedy"]) == ((422, "no-mail"), "leave it out, and hand over the link")


def test_the_last_owner_stays_an_owner(signed_in: As, people: dict[str, str]):
    ada, root = signed_in("ada"), signed_in("root")
    path = f"/projects/shop/members/{people['ada']}"
    for browser in (ada, root):
        assert kind(browser.ask("DELETE", path)) == (409, "last-owner")
        assert kind(browser.ask("PUT", path, {"role": "viewer"})) == (409, "last-owner")
    assert kind(ada.ask("DELETE", "/projects/shop/membership")) == (409, "last-owner")
    assert ada.ask("PUT", f"/projects/shop/members/{people['dan']}", {"role": "owner"}).status_code == 200
    assert ada.ask("DELETE", "/projects/shop/membership").status_code == 204
    assert kind(ada.ask("GET", "/projects/shop")) == (404, "not-found")


def test_rights_that_are_taken_are_gone_at_the_next_request(signed_in: As, people: dict[str, str]):
    ada, dan = signed_in("ada"), signed_in("dan")
    assert ada.ask("PUT", f"/projects/shop/members/{people['dan']}", {"role": "viewer"}).status_code == 200
    answer = dan.ask("PUT", "/projects/shop/schema", {"text": ""}, If_Match='"v1"')
    assert kind(answer) == (403, "denied")
    assert ada.ask("DELETE", f"/projects/shop/members/{people['dan']}").status_code == 204
    assert kind(dan.ask("GET", "/projects/shop")) == (404, "not-found")


def test_whoever_is_no_member_cannot_be_made_one_without_an_invitation(signed_in: As, people: dict[str, str]):
    for person in (people["eve"], "p_nobody"):
        answer = signed_in("ada").ask("PUT", f"/projects/shop/members/{person}", {"role": "viewer"})
        assert kind(answer) == (404, "not-found")


def test_members_see_each_others_names_and_not_their_addresses(signed_in: As):
    found = signed_in("vic").get("/projects/shop/members")["members"]
    assert {key for each in found for key in each} == {"person", "name", "role", "since"}


def test_changes_of_members_stand_in_the_audit_log_and_in_the_journal(
    signed_in: As, installation: Installation, people: dict[str, str]
):
    ada = signed_in("ada")
    ada.ask("PUT", f"/projects/shop/members/{people['dan']}", {"role": "viewer"})
    ada.ask("DELETE", f"/projects/shop/members/{people['dan']}")
    assert [
        (each["what"], each["target"], each["before"], each["after"])
        for each in ada.get("/projects/shop/audit")["deeds"]
    ] == [
        ("remove_member", "dan", {"role": "viewer"}, None),
        ("change_member", "dan", {"role": "developer"}, {"role": "viewer"}),
    ]
    assert [(entry.kind, entry.content) for entry in installation.journal.since(0)] == [
        ("member.changed", {"name": "dan", "role": "viewer", "who": "ada"}),
        ("member.left", {"name": "dan", "who": "ada"}),
    ]


def test_an_owner_reads_the_log_of_the_project_and_an_administrator_everything(signed_in: As):
    ada, root = signed_in("ada"), signed_in("root")
    ada.post("/projects", {"name": "blog"})
    root.post("/projects/shop/invitations", {"role": "viewer"})
    assert [each["what"] for each in ada.get("/projects/shop/audit")["deeds"]] == ["invite_member"]
    first = root.get("/audit?limit=2")
    assert [each["what"] for each in first["deeds"]] == ["invite_member", "make_project"]
    assert [each["what"] for each in ada.get("/projects/blog/audit")["deeds"]] == ["make_project"]
    rest = root.get(f"/audit?limit=2&cursor={first['next']}")
    assert ([each["what"] for each in rest["deeds"]], rest["next"]) == (["sign_in", "sign_in"], None)
    assert [each["what"] for each in root.get("/audit?project=shop")["deeds"]] == ["invite_member"]


def test_administrators_see_everybody_in_pages_and_no_password(signed_in: As):
    root = signed_in("root")
    first = root.get("/people?limit=3")
    assert ([each["name"] for each in first["people"]], first["next"]) == (["ada", "dan", "eve"], "eve")
    assert [each["name"] for each in root.get("/people?limit=3&cursor=eve")["people"]] == ["root", "vic"]
    assert "argon2" not in str(first)


def test_an_administrator_says_who_may_make_projects(signed_in: As, people: dict[str, str]):
    eve, root = signed_in("eve"), signed_in("root")
    assert kind(eve.post("/projects", {"name": "blog"})) == (403, "denied")
    changed = root.ask("PATCH", f"/people/{people['eve']}", {"makes_projects": True, "email": "e@example.org"})
    assert (changed.get_json()["makes_projects"], changed.get_json()["email"]) == (True, "e@example.org")
    assert eve.post("/projects", {"name": "blog"}).status_code == 201
    deed = root.get("/audit?limit=2")["deeds"][1]
    assert (deed["what"], deed["target"], deed["before"]["makes_projects"]) == ("change_person", "eve", False)


@pytest.mark.parametrize("change", [{"is_disabled": True}, {"is_administrator": False}])
def test_the_last_administrator_cannot_go(signed_in: As, people: dict[str, str], change: dict[str, bool]):
    answer = signed_in("root").ask("PATCH", f"/people/{people['root']}", change)
    assert kind(answer) == (409, "last-administrator")


def test_an_administrator_invites_into_the_installation(signed_in: As, browser: New):
    root = signed_in("root")
    link = root.post("/people/invitations", {"makes_projects": True}).get_json()["link"]
    assert len(root.get("/people/invitations")["invitations"]) == 1
    new = browser()
    body = {"token": link.partition("#")[2], "name": "new", "password": PASSWORD}
    me = new.post("/invitations/sign-up", body).get_json()
    assert (me["roles"], me["makes_projects"], me["is_administrator"]) == ({}, True, False)
