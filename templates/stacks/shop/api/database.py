"""What the shop keeps in PostgreSQL."""

from typing import Any

from orders import Order
from psycopg import Connection
from psycopg.rows import dict_row

TABLES = """
CREATE TABLE IF NOT EXISTS products (
    id integer PRIMARY KEY,
    name text NOT NULL,
    cents integer NOT NULL
);
CREATE TABLE IF NOT EXISTS orders (
    id integer PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
    product integer NOT NULL REFERENCES products,
    quantity integer NOT NULL,
    status text NOT NULL DEFAULT 'placed',
    placed_at timestamptz NOT NULL DEFAULT now(),
    shipped_at timestamptz
);
"""
PRODUCTS = ((1, "Bucket of water", 450), (2, "Fire blanket", 2900), (3, "Smoke alarm", 1850), (4, "Red helmet", 3999))
LOCK = 8080
"""Any number: replicas that start together take turns with it."""


def prepare(connection: Connection[Any]) -> None:
    """Make the tables and the products, unless another replica already did."""
    connection.execute("SELECT pg_advisory_xact_lock(%s)", (LOCK,))
    connection.execute(TABLES)
    with connection.cursor() as cursor:
        cursor.executemany("INSERT INTO products VALUES (%s, %s, %s) ON CONFLICT DO NOTHING", PRODUCTS)


def products(connection: Connection[Any]) -> list[dict[str, Any]]:
    """Every product, by number."""
    return _rows(connection, "SELECT id, name, cents FROM products ORDER BY id")


def order_counts(connection: Connection[Any]) -> dict[str, int]:
    """How many orders are in each status."""
    rows = _rows(connection, "SELECT status, count(*) AS number FROM orders GROUP BY status ORDER BY status")
    return {"placed": 0, "shipped": 0} | {row["status"]: row["number"] for row in rows}


def last_orders(connection: Connection[Any]) -> list[dict[str, Any]]:
    """The last twenty orders, newest first."""
    return _rows(connection, "SELECT id, product, quantity, status, placed_at FROM orders ORDER BY id DESC LIMIT 20")


def place(connection: Connection[Any], order: Order) -> dict[str, Any] | None:
    """The order as it is kept, or None when there is no such product."""
    rows = _rows(
        connection,
        "INSERT INTO orders (product, quantity) SELECT id, %s FROM products WHERE id = %s "
        "RETURNING id, product, quantity, status",
        (order.quantity, order.product),
    )
    return rows[0] if rows else None


def _rows(connection: Connection[Any], query: str, values: tuple[Any, ...] = ()) -> list[dict[str, Any]]:
    with connection.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(query, values).fetchall()
