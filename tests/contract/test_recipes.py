"""The images of templates/images keep the contract of the official ones, also when nothing is permitted to them."""

from __future__ import annotations

import gzip
import smtplib
from collections.abc import Callable
from pathlib import Path

import pytest
from boxes import SCRATCH, Box, Boxes

from deployer.builds import recipes

pytestmark = pytest.mark.engine
Image = Callable[..., str]
TESTED: set[str] = set()
PASSWORD = "it's $ecret"


def contract(recipe: str) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Says which recipe a test is for."""
    TESTED.add(recipe)
    return lambda test: test


def test_every_recipe_has_a_contract_test():
    assert {recipe.name for recipe in recipes()} == TESTED


def write(path: Path, text: str, mode: int = 0o644) -> Path:
    path.write_text(text)
    path.chmod(mode)
    return path


def body(response: str) -> str:
    assert " 200 " in response.splitlines()[0], response
    return response.partition("\r\n\r\n")[2]


def psql(box: Box, statement: str, database: str = "shop", password: str = PASSWORD) -> str:
    """Through TCP, where a password is asked for."""
    url = ["psql", "-h", box.address, "-U", "keeper", "-d", database, "-Atc", statement]
    return box.run(*url, environment={"PGPASSWORD": password})


@pytest.fixture
def postgres_scripts(tmp_path: Path) -> dict[str, Path]:
    folder = tmp_path / "initdb.d"
    folder.mkdir(mode=0o755)
    write(folder / "1.sql", "CREATE TABLE seen (what text); INSERT INTO seen VALUES ('sql');")
    (folder / "2.sql.gz").write_bytes(gzip.compress(b"INSERT INTO seen VALUES ('gz');"))
    run = """psql -v ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname "$POSTGRES_DB" -c "INSERT INTO seen VALUES """
    write(folder / "3.sh", f"#!/bin/sh\nset -e\n{run}('executed')\"\n", 0o755)
    write(folder / "4.sh", f"{run}('sourced')\"\n")
    return {"/docker-entrypoint-initdb.d": folder}


@pytest.mark.parametrize(("version", "user"), [("17", "postgres"), ("17", ""), ("15", "postgres")])
@contract("postgres")
def test_postgres(boxes: Boxes, image: Image, postgres_scripts: dict[str, Path], version: str, user: str):
    data = boxes.volume()
    settings = {"POSTGRES_PASSWORD": PASSWORD, "POSTGRES_USER": "keeper", "POSTGRES_DB": "shop"}

    def start(environment: dict[str, str]) -> Box:
        return boxes.start(
            image("postgres", version),
            user=user,
            hardened=bool(user),
            environment=environment,
            files=postgres_scripts,
            volumes={"/var/lib/postgresql/data": data},
        )

    box = start(settings)
    box.until(lambda: box.is_open(5432))
    # An open port means that all of the initialisation is done.
    assert psql(box, "SELECT string_agg(what, ' ') FROM seen") == "sql gz executed sourced"
    assert psql(box, "SHOW server_encoding") == "UTF8"
    assert psql(box, "SHOW server_version").split(".")[0] == version
    code, output = box.attempt("psql", "-h", box.address, "-U", "keeper", "shop", environment={"PGPASSWORD": "wrong"})
    assert code != 0
    assert "password authentication failed" in output
    assert box.stop() == 0

    again = start(settings | {"POSTGRES_PASSWORD": "another"})
    again.until(lambda: again.is_open(5432))
    again.until(lambda: psql(again, "SELECT count(*) FROM seen") == "4")
    assert "creating the cluster" not in again.logs()


@contract("postgres")
def test_postgres_reads_its_password_from_a_file_and_lives_in_a_folder_of_its_volume(
    boxes: Boxes, image: Image, tmp_path: Path
):
    box = boxes.start(
        image("postgres"),
        "-c",
        "max_connections=17",
        user="postgres",
        environment={
            "POSTGRES_PASSWORD_FILE": "/run/secret",
            "POSTGRES_USER": "keeper",
            "PGDATA": "/var/lib/postgresql/data/pgdata",
        },
        files={"/run/secret": write(tmp_path / "secret", "from a file\n")},
        volumes={"/var/lib/postgresql/data": boxes.volume()},
        tmpfs=(SCRATCH[0], "/run/postgresql"),
    )
    box.until(lambda: box.is_open(5432))
    assert psql(box, "SHOW max_connections", database="keeper", password="from a file") == "17"
    assert "from a file" not in box.run("sh", "-c", "cat /proc/[0-9]*/environ | tr '\\0' '\\n'")


@contract("postgres")
def test_postgres_without_a_password_says_what_to_do(boxes: Boxes, image: Image):
    box = boxes.start(image("postgres"), user="postgres")
    assert boxes.engine.wait(box.id)["StatusCode"] == 1
    assert "POSTGRES_PASSWORD is not set; set it, or POSTGRES_HOST_AUTH_METHOD=trust" in box.logs()


@contract("postgres")
def test_postgres_killed_in_its_first_start_begins_anew(boxes: Boxes, image: Image, tmp_path: Path):
    folder = tmp_path / "initdb.d"
    folder.mkdir(mode=0o755)
    write(folder / "slow.sh", '[ -e "$PGDATA/../again" ] || { touch "$PGDATA/../again"; sleep 60; }\n')
    write(folder / "table.sql", "CREATE TABLE complete ();")
    data = boxes.volume()
    options = {
        "user": "postgres",
        "environment": {"POSTGRES_PASSWORD": PASSWORD, "POSTGRES_USER": "keeper", "POSTGRES_DB": "shop"},
        "volumes": {"/var/lib/postgresql/data": data},
    }
    first = boxes.start(image("postgres"), files={"/docker-entrypoint-initdb.d": folder}, **options)
    first.until(lambda: "running /docker-entrypoint-initdb.d/slow.sh" in first.logs())
    assert not first.is_open(5432)
    first.signal("SIGKILL")
    (folder / "slow.sh").unlink()
    second = boxes.start(image("postgres"), files={"/docker-entrypoint-initdb.d": folder}, **options)
    second.until(lambda: second.is_open(5432))
    assert psql(second, "SELECT count(*) FROM complete") == "0"
    assert "an earlier first start was cut short" in second.logs()


def mariadb(box: Box, user: str, password: str, statement: str) -> str:
    argv = ["mariadb", "--no-defaults", "-h", box.address, "-u", user, "-D", "my_shop", "-Ne", statement]
    return box.run(*argv, environment={"MYSQL_PWD": password})


@pytest.mark.parametrize("user", ["mysql", ""])
@contract("mariadb")
def test_mariadb(boxes: Boxes, image: Image, tmp_path: Path, user: str):
    folder = tmp_path / "initdb.d"
    folder.mkdir(mode=0o755)
    write(folder / "1.sql", "CREATE TABLE seen (what text); INSERT INTO seen VALUES ('sql');")
    (folder / "2.sql.gz").write_bytes(gzip.compress(b"INSERT INTO seen VALUES ('gz');"))
    data = boxes.volume()
    settings = {
        "MARIADB_ROOT_PASSWORD": "root's \\ pass",
        "MARIADB_USER": "keeper",
        "MARIADB_PASSWORD": PASSWORD,
        "MARIADB_DATABASE": "my_shop",
    }

    def start(environment: dict[str, str]) -> Box:
        return boxes.start(
            image("mariadb"),
            "--max-connections=17",
            user=user,
            hardened=bool(user),
            environment=environment,
            files={"/docker-entrypoint-initdb.d": folder},
            volumes={"/var/lib/mysql": data},
        )

    box = start(settings)
    box.until(lambda: box.is_open(3306))
    box.until(lambda: mariadb(box, "keeper", PASSWORD, "SELECT GROUP_CONCAT(what) FROM seen") == "sql,gz")
    assert mariadb(box, "root", "root's \\ pass", "SELECT @@max_connections") == "17"
    assert "Access denied" in box.attempt("mariadb", "--skip-ssl", "-h", box.address, "-u", "root", "-e", "SELECT 1")[1]
    assert box.stop() == 0

    again = start(settings | {"MARIADB_PASSWORD": "another"})
    again.until(lambda: again.is_open(3306))
    again.until(lambda: mariadb(again, "keeper", PASSWORD, "SELECT COUNT(*) FROM seen") == "2")
    assert "creating the system tables" not in again.logs()


@contract("mariadb")
def test_mariadb_without_a_password_says_what_to_do(boxes: Boxes, image: Image):
    box = boxes.start(image("mariadb"), user="mysql")
    assert boxes.engine.wait(box.id)["StatusCode"] == 1
    assert "MARIADB_ROOT_PASSWORD is not set; set it, or" in box.logs()


@pytest.mark.parametrize("recipe", ["redis", "valkey"])
@contract("valkey")
@contract("redis")
def test_redis_and_valkey(boxes: Boxes, image: Image, tmp_path: Path, recipe: str):
    configuration = write(tmp_path / "server.conf", "requirepass s3cret\nappendonly yes\n")
    data = boxes.volume()
    box = boxes.start(
        image(recipe),
        f"{recipe}-server",
        "/etc/server.conf",
        user=recipe,
        files={"/etc/server.conf": configuration},
        volumes={"/data": data},
    )
    box.until(lambda: box.is_open(6379))
    assert box.talk(6379, b"PING\r\n").startswith(b"-NOAUTH")
    assert box.talk(6379, b"AUTH s3cret\r\nSET a kept\r\nPING\r\n", until=b"+PONG") == b"+OK\r\n+OK\r\n+PONG\r\n"
    assert box.stop() == 0

    plain = boxes.start(image(recipe), "--appendonly", "yes", user=recipe, volumes={"/data": data})
    plain.until(lambda: plain.talk(6379, b"GET a\r\n", until=b"kept") == b"$4\r\nkept\r\n")


@contract("memcached")
def test_memcached(boxes: Boxes, image: Image):
    box = boxes.start(image("memcached"), "-m", "32", user="memcache")
    box.until(lambda: box.is_open(11211))
    assert (
        box.talk(11211, b"set a 0 0 4\r\nkept\r\nget a\r\n", until=b"END")
        == b"STORED\r\nVALUE a 0 4\r\nkept\r\nEND\r\n"
    )
    assert b"limit_maxbytes 33554432" in box.talk(11211, b"stats\r\n", until=b"END")


@pytest.mark.parametrize("user", ["nginx", ""])
@contract("nginx")
def test_nginx(boxes: Boxes, image: Image, tmp_path: Path, user: str):
    page = tmp_path / "html"
    page.mkdir(mode=0o755)
    write(page / "index.html", "from the folder")
    conf = tmp_path / "conf.d"
    conf.mkdir(mode=0o755)
    server = "server {{ listen {port}; location / {{ default_type text/plain; {rule} }} }}\n"
    files = "server { listen 80; root /usr/share/nginx/html; }\n"
    write(conf / "default.conf", files + server.format(port=8080, rule='return 200 "first";'))
    box = boxes.start(
        image("nginx"),
        user=user,
        hardened=bool(user),
        files={"/etc/nginx/conf.d": conf, "/usr/share/nginx/html": page},
        tmpfs=(*SCRATCH, "/var/cache/nginx"),
    )
    box.until(lambda: body(box.get(80)) == "from the folder")
    assert body(box.get(8080)) == "first"
    write(conf / "default.conf", files + server.format(port=8080, rule='return 200 "second";'))
    box.signal("SIGHUP")
    box.until(lambda: body(box.get(8080)) == "second")
    assert '"GET / HTTP/1.0" 200' in box.logs()
    assert box.stop() == 0


@contract("nginx")
def test_nginx_as_it_comes_takes_a_large_request_body(boxes: Boxes, image: Image):
    box = boxes.start(image("nginx"), user="nginx", tmpfs=(*SCRATCH, "/var/cache/nginx"))
    box.until(lambda: "nginx is running" in body(box.get(80)))
    request = b"POST / HTTP/1.0\r\nContent-Length: 500000\r\n\r\n" + b"x" * 500_000
    assert b" 405 " in box.talk(80, request)


@contract("caddy")
def test_caddy(boxes: Boxes, image: Image, tmp_path: Path):
    caddyfile = write(tmp_path / "Caddyfile", ':8080 {\n\trespond "from the Caddyfile"\n}\n')
    box = boxes.start(
        image("caddy"),
        user="caddy",
        files={"/etc/caddy/Caddyfile": caddyfile},
        volumes={"/data": boxes.volume(), "/config": boxes.volume()},
    )
    box.until(lambda: body(box.get(8080)) == "from the Caddyfile")
    assert box.stop() == 0


@contract("haproxy")
def test_haproxy(boxes: Boxes, image: Image, tmp_path: Path):
    configuration = write(
        tmp_path / "haproxy.cfg",
        "global\n  log stdout format raw local0\n  stats socket /run/haproxy.sock mode 600 level admin\n"
        "defaults\n  mode http\n  log global\n  timeout connect 5s\n  timeout client 5s\n  timeout server 5s\n"
        "frontend web\n  bind :8080\n  http-request return status 200 content-type text/plain string answered\n",
    )
    box = boxes.start(image("haproxy"), user="haproxy", files={"/usr/local/etc/haproxy/haproxy.cfg": configuration})
    box.until(lambda: body(box.get(8080)) == "answered")
    assert box.ended_by("SIGUSR1") == 0


@contract("rabbitmq")
def test_rabbitmq(boxes: Boxes, image: Image):
    box = boxes.start(
        image("rabbitmq"),
        user="rabbitmq",
        environment={
            "RABBITMQ_DEFAULT_USER": "keeper",
            "RABBITMQ_DEFAULT_PASS": PASSWORD,
            "RABBITMQ_DEFAULT_VHOST": "shop",
            "RABBITMQ_NODENAME": "rabbit@localhost",
        },
        volumes={"/var/lib/rabbitmq": boxes.volume()},
    )
    box.until(lambda: box.is_open(5672), seconds=120)
    assert box.talk(5672, b"AMQP\x00\x00\x09\x01", until=b"PLAIN").startswith(b"\x01\x00\x00")
    assert "Success" in box.run("rabbitmqctl", "authenticate_user", "keeper", PASSWORD)
    assert "shop" in box.run("rabbitmqctl", "--quiet", "list_vhosts").splitlines()
    assert "keeper" in box.run("rabbitmqctl", "--quiet", "list_permissions", "-p", "shop")


@contract("nats")
def test_nats(boxes: Boxes, image: Image):
    box = boxes.start(
        image("nats"), "-js", "-sd", "/data", "-m", "8222", user="nats", volumes={"/data": boxes.volume()}
    )
    box.until(lambda: box.is_open(4222))
    conversation = b'CONNECT {"verbose":false}\r\nSUB greet 1\r\nPUB greet 5\r\nhello\r\n'
    heard = box.talk(4222, conversation, until=b"hello")
    assert heard.startswith(b"INFO ")
    assert b"MSG greet 1 5\r\nhello" in heard
    assert '"jetstream"' in body(box.get(8222, "/varz"))
    box.stop()
    assert "Server Exiting" in box.logs()


@contract("nats")
def test_nats_as_it_comes_answers_on_its_monitoring_port(boxes: Boxes, image: Image):
    box = boxes.start(image("nats"), user="nats")
    box.until(lambda: '"status": "ok"' in box.get(8222, "/healthz") or '"status":"ok"' in box.get(8222, "/healthz"))


@pytest.mark.parametrize("version", ["3.5", "3.4"])
@contract("etcd")
def test_etcd(boxes: Boxes, image: Image, version: str):
    data = boxes.volume()
    options = {
        "user": "etcd",
        "environment": {
            "ETCD_LISTEN_CLIENT_URLS": "http://0.0.0.0:2379",
            "ETCD_ADVERTISE_CLIENT_URLS": "http://127.0.0.1:2379",
        },
        "volumes": {"/var/lib/etcd": data},
    }
    box = boxes.start(image("etcd", version), **options)
    box.until(lambda: '"health":"true"' in box.get(2379, "/health"))
    box.run("etcdctl", "put", "a", "kept", environment={"ETCDCTL_API": "3"})
    box.stop()
    again = boxes.start(image("etcd", version), **options)
    again.until(lambda: '"health":"true"' in again.get(2379, "/health"))
    assert again.run("etcdctl", "get", "a", environment={"ETCDCTL_API": "3"}) == "a\nkept"


@contract("python")
def test_python(boxes: Boxes, image: Image):
    box = boxes.start(image("python"), "sleep", "600", user="10001:10001")
    assert box.run("python", "-c", "import os, sys; print(os.getuid(), sys.version_info[:2])") == "10001 (3, 13)"
    assert box.run("python3", "-m", "venv", "/run/venv") == ""
    assert box.run("pip", "--version").startswith("pip ")
    loose = boxes.start(image("python"), "sleep", "600", hardened=False)
    assert "externally-managed" not in loose.attempt("pip", "install", "--no-index", "nothing-of-this-name")[1]


@contract("node")
def test_node(boxes: Boxes, image: Image):
    box = boxes.start(image("node"), "sleep", "600", user="node")
    assert box.run("node", "-e", "console.log(process.getuid(), process.versions.node.split('.')[0])") == "1000 20"
    assert box.run("npm", "--version", environment={"npm_config_cache": "/run/npm"})


@contract("smtp")
def test_smtp(boxes: Boxes, image: Image):
    box = boxes.start(image("smtp"), user="smtp")
    box.until(lambda: box.is_open(1025))
    with smtplib.SMTP(box.address, 1025, timeout=10) as client:
        mail = (
            "Subject: =?utf-8?q?Gr=C3=BC=C3=9Fe?=\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nGrüße an alle\r\n"
        )
        client.sendmail("from@example.org", ["to@example.org", "too@example.org"], mail.encode())
    box.until(lambda: "end of mail" in box.logs())
    assert box.logs().splitlines()[1:] == [
        "mail from <from@example.org> to <to@example.org>, <too@example.org>",
        "  subject: Grüße",
        "  | Grüße an alle",
        "end of mail",
    ]
    assert box.stop() == 0


@contract("gate")
def test_gate(boxes: Boxes, image: Image):
    def rules(table: str) -> dict[str, str]:
        chain = "forward { type filter hook forward priority 0; policy accept; }"
        commands = [
            f"add {what}"
            for family in ("inet", "bridge")
            for what in (f"table {family} @ {{ flags owner; }}", f"chain {family} @ {chain}")
        ]
        return {"GATE_RULES": "\n".join(commands), "GATE_TABLE": table}

    box = boxes.start(image("gate"), environment=rules("backdraft_test"), capabilities=["NET_ADMIN"])
    # Both share one network, so the neighbour sees what the first leaves behind.
    neighbour = boxes.start(
        image("gate"), environment=rules("other"), capabilities=["NET_ADMIN"], network=f"container:{box.id}"
    )
    box.until(lambda: "backdraft_test is in force" in box.logs())
    neighbour.until(lambda: "other is in force" in neighbour.logs())
    assert "chain forward" in neighbour.run("nft", "list", "table", "bridge", "backdraft_test")
    # Even a gate that is killed leaves nothing behind.
    boxes.engine.kill(box.id, "SIGKILL")
    neighbour.until(lambda: "backdraft_test" not in neighbour.run("nft", "list", "tables"))
    assert "other" in neighbour.run("nft", "list", "tables")
    neighbour.engine.kill(neighbour.id, "SIGTERM")
    assert boxes.engine.wait(neighbour.id)["StatusCode"] == 0


@contract("gate")
def test_a_gate_whose_rules_the_kernel_refuses_ends_with_its_reason(boxes: Boxes, image: Image):
    rules = {"GATE_RULES": "add table inet @ { flags owner; }\nadd rule inet @ nowhere drop", "GATE_TABLE": "refused"}
    box = boxes.start(image("gate"), environment=rules, capabilities=["NET_ADMIN"])
    assert boxes.engine.wait(box.id)["StatusCode"] == 1
    assert "does not take the rules" in box.logs()
