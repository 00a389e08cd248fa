"""Schemas drawn by hypothesis: everything the model can hold and a text can say."""

from hypothesis import strategies as st

from composer import syntax
from composer.model import (
    Component,
    Connection,
    Health,
    HttpProbe,
    Isolation,
    Limits,
    Note,
    Placement,
    Port,
    Publication,
    Replicas,
    Schema,
    Source,
)
from composer.routes import ALGORITHMS

# every character but the two that no text may hold: NUL, which the kernel cut off, and halves of surrogate pairs
texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20)
names = st.from_regex(r"[a-z][a-z0-9]{0,5}(-[a-z0-9]{1,4})?", fullmatch=True).filter(
    lambda name: name not in syntax.RESERVED_NAMES
)
keys = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1, max_size=20)
numbers = st.integers(-(2**63), 2**63 - 1) | st.floats(allow_nan=False, allow_infinity=False)
values = st.recursive(
    st.none() | st.booleans() | numbers | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(keys, inner, max_size=3),
    max_leaves=6,
)
environments = st.dictionaries(st.from_regex(syntax.ENVIRONMENT_NAME[:-1] + r"\Z", fullmatch=True), texts, max_size=3)
addresses = st.ip_addresses().map(str).filter(lambda address: "." not in address or ":" not in address)
publications = st.builds(Publication, st.integers(1, 65535), addresses | st.just("127.0.0.1"))
replicas = st.builds(
    lambda low, more, cpu: Replicas(low, max(1, low + more), cpu),
    st.integers(0, 50),
    st.integers(0, 50),
    st.none() | st.integers(1, 100),
)
sources = st.builds(
    lambda directory, git: Source(directory, git, "main" if git else None),
    st.sampled_from([".", "api", "a/b c/d"]),
    st.sampled_from([None, "https://git.example/x", "git@git.example:x/y.git", "ssh://me@git.example:22/x"]),
)
commands = st.lists(texts, max_size=3).map(tuple)
positive = st.floats(0.001, 1000)
healths = st.builds(
    Health,
    st.none() | names,
    st.none() | st.builds(HttpProbe, names, st.sampled_from(["/", "/healthz?full=1"])),
    commands,
    st.none() | positive,
)
limits = st.builds(
    Limits,
    st.none() | st.integers(1, 10**6).map(lambda size: size * 1024),
    st.none() | positive,
    st.none() | st.integers(1, 4096),
)
places = st.sampled_from([None, "eu", "h1.example"])
components = st.fixed_dictionaries(
    {"kind": names},
    optional={
        "settings": st.dictionaries(keys, values, max_size=3),
        "environment": environments,
        "image": st.none() | texts,
        "command": commands,
        "source": st.none() | sources,
        "replicas": replicas,
        "publish": st.dictionaries(names, publications, max_size=2),
        "ports": st.dictionaries(
            names, st.builds(Port, st.sampled_from(syntax.PROTOCOLS), st.integers(1, 65535)), max_size=2
        ),
        "volumes": st.dictionaries(names, st.sampled_from(["/data", "/srv/x_y-z.d"]), max_size=2),
        "place": st.builds(Placement, places, places),
        "limits": limits,
        "health": st.none() | healths,
        "egress": st.none() | st.booleans(),
        "schedule": st.sampled_from([None, "15 3 * * *", "*/5 0-6 1,15 * mon"]),
        "relax": st.dictionaries(
            st.sampled_from(syntax.RELAXATIONS), texts.filter(lambda reason: reason.strip() != ""), max_size=2
        ),
        "note": texts,
        "group": st.sampled_from([None, "Orders & money", "on", "a: b"]),
    },
)
connections = st.builds(
    Connection,
    names,
    names,
    st.none() | names,
    st.sampled_from([None, "MAIN"]),
    st.sampled_from([None, "/api/v1"]),
    st.sampled_from([None, "shop.example"]),
    st.none() | st.integers(0, 256),
    st.sampled_from([None, *ALGORITHMS]),
)
coordinates = st.floats(-syntax.LAYOUT, syntax.LAYOUT)
schemas = st.builds(
    lambda name, drawn, lines, layout, network, notes: Schema(
        name, {word: Component(word, **values) for word, values in drawn.items()}, tuple(lines), layout, network, notes
    ),
    names,
    st.dictionaries(names, components, max_size=3),
    st.lists(connections, max_size=3),
    st.dictionaries(names, st.tuples(coordinates, coordinates), max_size=3),
    st.sampled_from(Isolation),
    st.dictionaries(names, st.builds(Note, texts, st.tuples(coordinates, coordinates)), max_size=2),
)
