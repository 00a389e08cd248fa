"""The words, patterns and bounds of a schema's text, for its reader and for the published JSON Schema."""

from composer.model import NAME_PATTERN

PROTOCOLS = ("http", "postgres", "mysql", "mongodb", "redis", "memcached", "amqp", "nats", "smtp", "s3", "etcd", "tcp")

# first words of references; a component of that name could not be referred to
RESERVED_NAMES = ("secret", "env", "settings", "server", "component", "port")

# what Docker grants a container that asks for nothing; more than these cannot be asked for
CAPABILITIES = (
    "AUDIT_WRITE",
    "CHOWN",
    "DAC_OVERRIDE",
    "FOWNER",
    "FSETID",
    "KILL",
    "MKNOD",
    "NET_BIND_SERVICE",
    "NET_RAW",
    "SETFCAP",
    "SETGID",
    "SETPCAP",
    "SETUID",
    "SYS_CHROOT",
)
RELAXATIONS = ("writable_root", "root_user", "new_privileges", *CAPABILITIES)

COMPONENTS = 2_000
CONNECTIONS = 5_000
PORTS = 50
PUBLICATIONS = 1_000  # of all components together
REPLICAS = 100
WEIGHT = 256
PORT_NUMBER = 65_535
PIDS = 2**22  # the kernel's PID_MAX_LIMIT
CPUS = 1_024
TIMEOUT = 3_600
LAYOUT = 1_000_000
NOTES = 500
GROUP_LENGTH = 60
# NAME=value with its NUL fits MAX_ARG_STRLEN (include/uapi/linux/binfmts.h), or execve fails
ENVIRONMENT_BYTES = 131_072
TEXT_LENGTH = 10_000
PATTERN_LENGTH = 255
SCHEDULE_LENGTH = 60
SCHEDULES_LENGTH = 3_000

NAME = NAME_PATTERN
ENVIRONMENT_NAME = r"^[A-Za-z_][A-Za-z0-9_]*$"
PREFIX = r"^[A-Z][A-Z0-9_]*$"
SETTING_NAME = r"^[a-z][a-z0-9_]*$"
TARGET = NAME_PATTERN[:-1] + r"(\.[a-z][a-z0-9]*(-[a-z0-9]+)*)?$"
MEMORY = r"^[1-9][0-9]{0,8}(KiB|MiB|GiB)$"
PUBLICATION = r"^(?:\[([0-9A-Fa-f:]{2,39})\]|([0-9.]{7,15})):([0-9]{1,5})$"
HOST = r"^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*$"
ROUTE = r"^(?!.*/(/|\.{1,2}(/|$)))/[A-Za-z0-9._~/-]*$"
PROBE = r"^/[A-Za-z0-9._~!&'()*+,;=:@%/?-]*$"
MOUNT = r"^/[A-Za-z0-9._/-]*$"
GROUP = r"^\S(.*\S)?$"
PLACE_NAME = r"^[A-Za-z0-9][A-Za-z0-9._-]*$"

# relative, without `..`, and nothing a program could take for an option
DIRECTORY = r"^(?!-)(?!/)(?!(.*/)?\.\.(/|$))[A-Za-z0-9._@+, /-]+$"
# git also knows file://, ext:: and other helpers that read files or run programs: only these three forms reach it
GIT = (
    r"^(https://[A-Za-z0-9][A-Za-z0-9.-]*(:[0-9]{1,5})?/[A-Za-z0-9._~/%+@-]+"
    r"|ssh://([A-Za-z0-9_][A-Za-z0-9._-]*@)?[A-Za-z0-9][A-Za-z0-9.-]*(:[0-9]{1,5})?/[A-Za-z0-9._~/%+@-]+"
    r"|[A-Za-z0-9_][A-Za-z0-9._-]*@[A-Za-z0-9][A-Za-z0-9.-]*:[A-Za-z0-9._~/][A-Za-z0-9._~/%+@-]*)$"
)
BRANCH = r"^(?!.*(\.\.|\.lock$|[/.]$))[A-Za-z0-9_][A-Za-z0-9._/+@#-]*$"

# the grammar of the distribution project: [domain/]path[:tag][@digest]
_LABEL = r"[A-Za-z0-9]++(-++[A-Za-z0-9]++)*+"
_DOMAIN = rf"{_LABEL}(\.{_LABEL})*+(:[0-9]{{1,5}})?"
_IMAGE_WORD = r"[a-z0-9]++((\.|_|__|-+)[a-z0-9]++)*+"
IMAGE = (
    rf"^({_DOMAIN}/)?{_IMAGE_WORD}(/{_IMAGE_WORD})*"
    r"(:[A-Za-z0-9_][A-Za-z0-9_.-]{0,127})?(@sha256:[0-9a-f]{64})?$"
)
IMAGE_LENGTH = 255
