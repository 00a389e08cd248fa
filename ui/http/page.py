"""The page: the front end as `scripts/web` built it. All its addresses get the same file, which draws the screen."""

import mimetypes
from pathlib import Path

from flask import Blueprint, Flask, Response, request, send_from_directory
from werkzeug.exceptions import NotFound

from composer.guarding import for_everybody
from composer.problem import ApiError
from ui.http.problems import answer

BUILT = Path(__file__).parent.parent / "web" / "dist"
ENTRANCES = ("first-owner", "forgot", "invitation", "reset", "sign-in")
"""Screens for those who are not signed in."""
SCREENS = ("new", "profile", "administration")
FOR_EVER = "public, max-age=31536000, immutable"
"""What has a hash of its content in its name never changes."""
TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml", ".woff2": "font/woff2"}
"""Written down, since what the machine's own table says differs from one to the next."""


def page_routes(built: Path = BUILT) -> Blueprint:
    """`/` and every other address of a screen, and the files that they need, of the front end in the folder `built`."""
    routes = Blueprint("page", __name__)

    @routes.get("/")
    @routes.get(f"/<any({', '.join(map(repr, ENTRANCES + SCREENS))}):screen>")
    @routes.get("/<any('administration', 'profile', 'projects'):screen>/<path:place>")
    @for_everybody
    def show_page(screen: str = "", place: str = "") -> Response:
        """The file tells nothing but how to draw; what is drawn, the API tells to whom it may."""
        return _page(built)

    @routes.get("/assets/<path:file>")
    @for_everybody
    def show_asset(file: str) -> Response:
        response = _file(built / "assets", file)
        response.headers["Cache-Control"] = FOR_EVER
        return response

    @routes.get("/<any('icon.svg', 'theme.js'):file>")
    @for_everybody
    def show_file(file: str) -> Response:
        response = _file(built, file)
        response.headers["Cache-Control"] = "no-cache"
        return response

    return routes


def answer_browsers_with_the_page(app: Flask, built: Path = BUILT) -> None:
    """Have people who follow a wrong link see a screen that says so; programs still get a problem."""

    @app.errorhandler(NotFound)
    def nothing_there(error: NotFound) -> Response:
        if request.method == "GET" and _prefers_pages() and not _is_of_programs():
            response = _page(built)
            if response.status_code == 200:
                response.status_code = 404
            return response
        return answer(ApiError(404, "not-found", error.name, error.description or ""))


def _prefers_pages() -> bool:
    accepted = request.accept_mimetypes
    return accepted["text/html"] > accepted["application/json"]


def _is_of_programs() -> bool:
    return request.path.startswith(("/api/", "/assets/", "/problems/"))


def _page(built: Path) -> Response:
    if not (built / "index.html").is_file():
        raise ApiError(
            503,
            "not-built",
            "The page is not built",
            "the API works, and so does the command line",
            remedy="run scripts/web in the checkout that this server runs from",
        )
    response = _file(built, "index.html")
    response.headers["Cache-Control"] = "no-cache"
    return response


def _file(folder: Path, name: str) -> Response:
    """A file of `folder`, compressed where there is a compressed one beside it and the browser takes that."""
    is_compressed = request.accept_encodings["gzip"] > 0 and (folder / f"{name}.gz").is_file() and ".." not in name
    response = send_from_directory(folder, f"{name}.gz" if is_compressed else name, conditional=True)
    suffix = Path(name).suffix
    response.mimetype = TYPES.get(suffix) or mimetypes.guess_type(name)[0] or "application/octet-stream"
    response.headers.pop("Content-Disposition", None)
    if is_compressed:
        response.headers["Content-Encoding"] = "gzip"
    if suffix in (".css", ".html", ".js", ".svg"):
        response.headers["Vary"] = "Accept-Encoding"
    return response
