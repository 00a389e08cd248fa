"""The server of `backdraft up`, which believes whoever `Bench-Person` says they are: only for measuring streams."""

import os

from flask import Request

from composer.access import Principal, Role
from composer.home import home_path, make_home
from ui.serving.lock import sole_server
from ui.serving.log import log_to_stderr
from ui.serving.server import serve
from ui.serving.services import Process
from ui.serving.website import website
from ui.settings import load


def believed(request: Request) -> Principal | None:
    """Whoever it says; an owner of `shop`."""
    name = request.headers.get("Bench-Person")
    return Principal(name, name, {"shop": Role.OWNER}, makes_projects=True) if name else None


if __name__ == "__main__":
    settings = load(make_home(home_path()), os.environ)
    log_to_stderr(settings.log_level, as_json=False)
    with sole_server(settings.home, settings.url):
        serve(settings, website(settings, Process.UP, [believed]))
