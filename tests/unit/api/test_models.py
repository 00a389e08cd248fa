"""The names of what the API sends and takes, which are those of its description."""

from collections import defaultdict
from collections.abc import Iterator

from flask import Flask
from pydantic import BaseModel

OURS = ("composer", "deployer", "logs", "monitor", "ui")


def models(parent: type[BaseModel] = BaseModel) -> Iterator[type[BaseModel]]:
    """Every model that has been made, however it is derived."""
    for each in parent.__subclasses__():
        yield each
        yield from models(each)


def test_no_two_models_have_one_name(app: Flask):
    """The description keeps one of them, and says nothing about the other."""
    assert app.url_map
    named = defaultdict(set)
    for each in models():
        if each.__module__.partition(".")[0] in OURS:
            named[each.__name__].add(each.__module__)
    assert len(named) > 50
    assert {name: modules for name, modules in named.items() if len(modules) > 1} == {}
