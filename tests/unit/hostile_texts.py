"""Texts that cost as much as a text can: each was found by looking for what the reader or a rule does most often.

In a form that is repeated, `#` stands for the number of the repetition.
"""

from composer.reading.text import TEXT_BYTES
from composer.reading.tree import NODES

HEAD = "backdraft: 1\nname: shop\n"
PAIRS = NODES // 2 - 30
FREE = "source: {directory: .}"


def many(form: str, count: int) -> str:
    return "".join(form.replace("#", str(number)) for number in range(count))


def components(form: str, count: int = 2_000) -> str:
    return HEAD + "components:\n" + many(f"  {form}\n", count)


def lines(form: str, count: int) -> str:
    return "connections:\n" + many(f"  - {{{form}}}\n", count)


def drawn(froms: int, tos: int, step: int, count: int, name: str = "c", more: str = "") -> str:
    """Connections among components that differ by their number."""
    ends = (f"from: {name}{n % froms}, to: {name}{(n * step + n // froms + 1) % tos}" for n in range(count))
    return "connections:\n" + "".join(f"  - {{{each}{more.replace('#', str(n))}}}\n" for n, each in enumerate(ends))


def one(fields: str) -> str:
    return HEAD + f"components: {{a: {{kind: x, {fields}}}}}\n"


def mapping(field: str, form: str, count: int = PAIRS) -> str:
    return f"{field}: {{{many(f'{form}, ', count)}}}"


def numbers(written: str, count: int = 2 * PAIRS) -> str:
    return one(f"settings: {{a: [{f'{written},' * count}]}}")


def padded(text: str) -> str:
    """The same, with as many comments before it as there is room for."""
    return "#\n" * ((TEXT_BYTES - len(text.encode()) - 2) // 2) + text


def deep(inner: str) -> str:
    return one("settings: " + "".join(f"{{{'k' * 120}: " for _ in range(55)) + inner + "}" * 55)


def merge_bomb() -> str:
    levels = (f"a{n}: &a{n} {{<<: [{', '.join([f'*a{n - 1}'] * 9)}]}}" for n in range(1, 16))
    return "\n".join(["a0: &a0 {k: v}", *levels])


def laughs() -> str:
    return "\n".join(["a0: &a0 [lol, lol]", *(f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}]" for n in range(1, 40))])


def schedules(count: int) -> str:
    """Every one different, and each as dear as 60 characters can be."""
    return "".join(f"  s{n}: {{kind: x, schedule: '{'0/1,' * 12}{n % 60} {n // 60} * * *'}}\n" for n in range(count))


def everything() -> str:
    """Somewhat of all that costs: schedules, faults with remedies, long texts to match, and volumes for the rest."""
    return padded(
        HEAD
        + "components:\n"
        + schedules(50)
        + many("  f#: {kind: x, enviromen: 1}\n", 99)
        + many(f"  l#: {{kind: x, source: {{directory: '{'a/' * 120}x'}}}}\n", 1_000)
        + f"  z: {{kind: x, {mapping('volumes', 'v#: /d/#', 13_000)}}}\n"
    )


TO_READ = {
    "merge keys": merge_bomb(),
    "a billion laughs": laughs(),
    "100,000 brackets": "[" * 100_000,
    "100,000 braces": "{" * 100_000,
    "deep blocks": "\n".join(" " * depth + "a:" for depth in range(1_400)),
    "300,000 dashes": "- " * 300_000,
    "question marks": "? " * 300_000,
    "documents": "---\n" * 200_000,
    "tag directives": many("%TAG !a#! x\n", 40_000),
    "tag directives at the end": "a: 1\n...\n" + many("%TAG !a#! x\n", 40_000),
    "comments before a directive": "#\n" * 500_000 + "%",
    "lines before a fault": "\r" * 1_000_000 + ": : :",
    "lines before a tab": "\n" * 1_000_000 + "\tx: 1",
    "a long key": "? " + "a" * 1_000_000,
    "a long text": one("environment: {A: '" + "é" * 500_000 + "'}"),
    "a long number": one("replicas: " + "1" * 1_000_000),
    "a long exponent": one("limits: {cpus: 1e" + "9" * 1_000_000 + "}"),
    "bad dates": HEAD + "layout: {a: [2024-99-99, 9999-12-31T99:99:99Z]}",
    "a bell at the end": "a" * 1_000_000 + "\a",
    "half a million items": "[" + "a," * 500_000 + "]",
    "unknown keys": HEAD + many("k#: 1\n", PAIRS),
    "a key given twice at the end": one(mapping("environment", "a#: x")[:-1] + "a1: y}"),
    "decimals": padded(numbers("-1.5e3")),
    "hexadecimals": padded(numbers("0x7fffffffffff")),
    "leading zeros": numbers("0" * 20 + "1"),
    "almost numbers": padded(numbers("-.x")),
    "lists": padded(numbers("[]", PAIRS)),
    "mappings": padded(numbers("{}", PAIRS)),
    "too large numbers": numbers("1e999"),
    "long paths": deep("[" + "1," * (2 * PAIRS - 300) + "]"),
    "long paths of faults": deep("[" + "1e999," * 20_000 + "]"),
    "a large environment": padded(one(mapping("environment", "a#: 1"))),
    "many volumes": padded(one(mapping("volumes", "v#: /d/#"))),
    "many addresses": padded(one(mapping("publish", "p#: '[1:2:3::4:5:6]:9'"))),
    "many ports": HEAD
    + "components:\n"
    + many("  c#: {kind: x, publish: {p: '[1:2:3::4:5:6]:9'}}\n", 990)
    + f"  z: {{kind: x, {mapping('volumes', 'v#: /d/#', 13_000)}}}\n",
    "many schedules": HEAD + "components:\n" + schedules(1_400),
    "long directories": components(f"c#: {{kind: x, source: {{directory: '{'a/' * 120}x'}}}}", 1_900),
    "long branches": components(f"c#: {{kind: x, source: {{git: 'https://a/b', branch: '{'a.' * 120}a'}}}}", 1_800),
    "almost passwords": components(f"c#: {{kind: x, source: {{git: '://{':' * 245}'}}}}", 1_900),
    "long hosts": HEAD + lines(f"from: a, to: b, path: {'/a' * 40}, host: {'a.a' * 28}", 3_900),
    "connections": padded(HEAD + lines("from: a, to: b, as: A, weight: 3", 3_900)),
    "everything": everything(),
}


def environment(values: str) -> str:
    app = f"a: {{kind: worker, {FREE}, environment: {{{values}}}}}"
    return HEAD + f"components:\n  db: {{kind: postgres}}\n  {app}\nconnections: [{{from: a, to: db}}]\n"


def worker(text: str, count: int) -> str:
    """A component with `text` as the value of that many variables."""
    return f"  a: {{kind: worker, {FREE}, " + mapping("environment", f"A#: '{text}'", count) + "}\n"


def alike(number: int) -> str:
    """Names of 40 letters, nearly all of them the same two."""
    return ("ab" * 20)[:38] + chr(97 + number % 26) + chr(97 + number // 26 % 26)


PORTS = mapping("ports", "p#: {protocol: http, number: 1#}", 50)
PORTS_ALIKE = "ports: {" + "".join(f"{alike(n)}: {{protocol: http, number: {n + 1}}}, " for n in range(50)) + "}"
SETTINGS = "version: '1.#', body_size: 1#, timeout: 1#, behind_proxy: true, workers: 4"
SERVERS = components("d#: {kind: postgres}", 1_900)

TO_JUDGE = {
    "unknown ends": components("component-#: {kind: redis}") + lines("from: compnent-#, to: compinent-#", 4_000),
    "unknown ends of names that are alike": HEAD
    + "components:\n"
    + "".join(f"  {alike(n)}: {{kind: redis}}\n" for n in range(600))
    + lines(f"from: {'ba' * 17}#, to: {'ba' * 18}#", 4_500),
    "unknown ends and a fault of form": components("component-#: {kind: redis}")
    + lines("from: compnent-#, to: compinent-#", 4_000)
    + "x: 1\n",
    "unknown boxes": components("component-#: {kind: redis}") + "layout:\n" + many("  compnent-#: [0, 0]\n", 2_000),
    "unknown kinds": components("c#: {kind: pos#gres}"),
    "unknown ports": components(
        f"c#: {{kind: container, image: x, {PORTS_ALIKE}, publish: {{{'ba' * 18}x: 1, {'ba' * 18}y: 2}}}}", 90
    ),
    "unknown references": components(f"c#: {{kind: worker, {FREE}, environment: {{A: '${{compnent-#.url}}'}}}}"),
    "settings": components(f"c#: {{kind: nginx, settings: {{{SETTINGS}}}}}"),
    "bad settings": components("c#: {kind: haproxy, settings: {timeout: z#, connections: -#, version: '-#'}}"),
    "a long setting": components("s: {kind: nginx, settings: {version: [" + "1," * 38_000 + "]}}", 1),
    "a long text as a setting": components(f"s: {{kind: static, settings: {{fallback: '{'/a' * 500_000}!'}}}}", 1),
    "many small references": environment(many("A#: '${db.url}', ", 19_000)),
    "long references": environment(f"A: '{many('${secret.X#}', 8_000)}'"),
    "long wrong references": environment(f"A: '{many('${db.x#}', 9_000)}'"),
    "references of many servers": SERVERS + worker("${d#.url}", 1_900) + lines("from: a, to: d#, as: P#", 1_900),
    "wrong references along many lines": components("db: {kind: postgres}", 1)
    + worker("${db.x#}", 500)
    + lines("from: a, to: db, as: P#", 4_500),
    "references to one of 50 ports": components(f"s: {{kind: container, image: x, {PORTS}}}", 1)
    + worker("${s.p7.url}${s.p8.host}", 9_000)
    + lines("from: a, to: s.p#, as: P#", 50),
    "a server of 50 ports": components(f"s: {{kind: container, image: x, {PORTS}}}", 1)
    + "  p: {kind: nginx}\n"
    + lines("from: p, to: s, path: /a#", 4_500),
    "routes of no weight": components("c#: {kind: nginx}", 500)
    + drawn(1, 499, 1, 3_500, more=", path: /a#, weight: 0"),
    "many volumes": components(f"c#: {{kind: container, image: x, {mapping('volumes', 'v#: /d/#', 1_000)}}}", 19),
    "one port of many hosts": components("c#: {kind: nginx, publish: {http: 80}, place: {host: h#}}", 990),
    "one port of many addresses": components("c#: {kind: nginx, publish: {http: '[2001:db8::#]:80'}}", 990),
    "long names of images": components(f"c#: {{kind: container, image: '{'a.' * 120}a'}}", 1_900),
    "one circle": components(f"c#: {{kind: node, {FREE}}}") + drawn(2_000, 2_000, 1, 2_000),
    "a crowd": components(f"{'a' * 30}#: {{kind: node, {FREE}}}", 700) + drawn(700, 700, 13, 3_500, "a" * 30),
    "a hub": components(f"c#: {{kind: node, {FREE}}}", 1_900) + drawn(1_900, 1, 1, 1_900),
    "relaxed hardening": components("c#: {kind: nginx, relax: {NET_RAW: a, KILL: b, CHOWN: c, FOWNER: d}}"),
}
