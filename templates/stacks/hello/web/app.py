"""A web application that greets."""

import os

from flask import Flask

app = Flask(__name__)


@app.get("/")
def greet() -> dict[str, str]:
    """Greet everybody."""
    return {"message": f"{os.environ.get('GREETING', 'Hello')} from Backdraft"}


@app.get("/<name>")
def greet_by_name(name: str) -> dict[str, str]:
    """Greet one person."""
    return {"message": f"{os.environ.get('GREETING', 'Hello')}, {name}"}
