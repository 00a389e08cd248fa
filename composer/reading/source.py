"""Where the code of a component comes from."""

import re

from composer import syntax
from composer.model import Source
from composer.reading.faults import Faults
from composer.reading.mappings import Fields, attributes
from composer.reading.nodes import MappingNode, Node, Scalar
from composer.reading.scalars import matching

_PASSWORD = re.compile("://[^/@:]*:[^/]*@|https?://[^/]*@")
_GIT = matching(
    syntax.GIT, "a git repository that is fetched", "write https://host/path, ssh://host/path or git@host:path"
)


def source(faults: Faults, node: Node, path: str) -> Source | None:
    """A reader of sources."""
    values = attributes(faults, node, path, _SOURCE)
    if values is None:
        return None
    if isinstance(node, MappingNode) and not {"directory", "git"} & node.entries.keys():
        faults.add(node, path, "it names neither a directory nor a git repository", "write `directory: .`")
        return None
    if isinstance(node, MappingNode) and "branch" in node.entries and "git" not in node.entries:
        faults.add(node, f"{path}/branch", "a branch needs a git repository", "write `git: https://…`")
        return None
    return Source(**values)


def _git(faults: Faults, node: Node, path: str) -> str | None:
    if isinstance(node, Scalar) and _PASSWORD.search(node.text[: syntax.PATTERN_LENGTH]):
        # what was written is not repeated: problems are printed and logged, and a user of https is often a token
        remedy = "leave it out: a credential helper of git says who asks, or a key with git@host:path"
        faults.add(node, path, "the address holds a user or a password", remedy)
        return None
    address: str | None = _GIT(faults, node, path)
    return address


_SOURCE: Fields = {
    "directory": (
        "directory",
        matching(
            syntax.DIRECTORY, "a directory inside the sources", "a relative path without `..`, not beginning with `-`"
        ),
    ),
    "git": ("git", _git),
    "branch": (
        "branch",
        matching(syntax.BRANCH, "a branch, a tag or a commit", "letters, digits and `. _ / + @ # -`"),
    ),
}
