"""How the page is served: which addresses are its, what browsers may keep, and what is said where it is not built."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from ui.http.headers import send_careful_headers
from ui.http.page import answer_browsers_with_the_page, page_routes
from ui.http.problems import tell_problems

PAGE = "<!doctype html><title>Backdraft</title>"
SCRIPT = "console.log(1)".ljust(400)
BROWSER = {
    "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8",
    "Accept-Encoding": "gzip, deflate, br, zstd",
}


@pytest.fixture
def built(tmp_path: Path) -> Path:
    """A front end, built."""
    folder = tmp_path / "dist"
    (folder / "assets").mkdir(parents=True)
    for name, text in {"index.html": PAGE, "theme.js": "1", "assets/index-1a2b.js": SCRIPT}.items():
        (folder / name).write_text(text)
        (folder / f"{name}.gz").write_bytes(gzip.compress(text.encode()))
    (folder / "assets" / "inter-3c4d.woff2").write_bytes(b"wOF2")
    (tmp_path / "secret").write_text("not for browsers")
    return folder


def client_of(built: Path) -> FlaskClient:
    app = Flask("page", static_folder=None)
    tell_problems(app)
    send_careful_headers(app, is_https=False)
    app.register_blueprint(page_routes(built))
    answer_browsers_with_the_page(app, built)
    return app.test_client()


@pytest.mark.parametrize(
    "address",
    [
        "/",
        "/sign-in",
        "/first-owner",
        "/invitation",
        "/new",
        "/projects/shop",
        "/projects/shop/releases/3",
        "/profile/keys",
    ],
)
def test_every_address_of_a_screen_gets_the_page_which_is_asked_for_anew_each_time(built: Path, address: str):
    answer = client_of(built).get(address)
    assert (answer.status_code, answer.text, answer.mimetype) == (200, PAGE, "text/html")
    assert answer.headers["Cache-Control"] == "no-cache"
    assert "script-src 'self';" in answer.headers["Content-Security-Policy"]


def test_what_has_its_hash_in_its_name_is_kept_for_ever(built: Path):
    answer = client_of(built).get("/assets/index-1a2b.js")
    assert (answer.text, answer.mimetype) == (SCRIPT, "text/javascript")
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"


def test_browsers_that_take_it_get_what_was_compressed_when_it_was_built(built: Path):
    client = client_of(built)
    answer = client.get("/assets/index-1a2b.js", headers=BROWSER)
    assert (answer.headers["Content-Encoding"], answer.mimetype) == ("gzip", "text/javascript")
    assert gzip.decompress(answer.data).decode() == SCRIPT
    assert answer.headers["Vary"] == "Accept-Encoding"
    font = client.get("/assets/inter-3c4d.woff2", headers=BROWSER)
    assert (font.data, font.mimetype, "Content-Encoding" in font.headers) == (b"wOF2", "font/woff2", False)
    assert (
        "Content-Encoding" not in client.get("/assets/index-1a2b.js", headers={"Accept-Encoding": "gzip;q=0"}).headers
    )


def test_a_browser_that_has_it_is_not_sent_it_again(built: Path):
    client = client_of(built)
    tag = client.get("/theme.js").headers["ETag"]
    answer = client.get("/theme.js", headers={"If-None-Match": tag})
    assert (answer.status_code, answer.data) == (304, b"")


def test_a_wrong_link_shows_people_the_page_and_programs_a_problem(built: Path):
    client = client_of(built)
    seen = client.get("/nowhere", headers={"Accept": BROWSER["Accept"]})
    assert (seen.status_code, seen.text) == (404, PAGE)
    for address, headers in [("/nowhere", {}), ("/api/v1/nowhere", BROWSER), ("/assets/old-0000.js", BROWSER)]:
        told = client.get(address, headers=headers)
        assert (told.status_code, told.mimetype) == (404, "application/problem+json"), address


@pytest.mark.parametrize(
    "address", ["/assets/../../secret", "/assets/%2e%2e/%2e%2e/secret", "/assets/..%2f..%2fsecret"]
)
def test_nothing_outside_of_what_was_built_is_served(built: Path, address: str):
    answer = client_of(built).get(address, headers=BROWSER)
    assert answer.status_code == 404
    assert b"not for browsers" not in answer.data


def test_where_it_is_not_built_the_answer_says_what_to_do(tmp_path: Path):
    answer = client_of(tmp_path / "nothing").get("/", headers={"Accept": BROWSER["Accept"]})
    assert (answer.status_code, answer.get_json()["type"]) == (503, "/problems/not-built")
    assert answer.get_json()["remedy"] == "run scripts/web in the checkout that this server runs from"
