"""The shop's API: lists products, takes orders and hands each one to the worker.

The connections drawn to this component give it DATABASE_URL and REDIS_URL.
"""

import atexit
import os
import socket
from typing import Any

import database
import psycopg
import redis
from flask import Flask, Response, jsonify, render_template, request
from orders import OrderError, order_in
from psycopg_pool import ConnectionPool, PoolTimeout
from werkzeug.exceptions import HTTPException

REPLICA = socket.gethostname()

app = Flask(__name__)
# the first connection is made here, so that a wrong address or password is told in its own words
with psycopg.connect(os.environ["DATABASE_URL"], connect_timeout=10) as connection:
    database.prepare(connection)
pool = ConnectionPool(os.environ["DATABASE_URL"], min_size=1, max_size=4, timeout=5, open=True)
atexit.register(pool.close)
cache = redis.Redis.from_url(os.environ["REDIS_URL"], decode_responses=True)


@app.get("/")
def front_page() -> Response:
    """The whole shop at a glance, as a page for people or as JSON for programs."""
    with pool.connection() as connection:
        glance: dict[str, Any] = {
            "replica": REPLICA,
            "visits": cache.incr("visits"),
            "orders": database.order_counts(connection),
            "products": database.products(connection),
        }
    if request.accept_mimetypes.best_match(["application/json", "text/html"]) == "text/html":
        return Response(render_template("shop.html", **glance), mimetype="text/html")
    return jsonify(glance)


@app.get("/api/products")
def list_products() -> Response:
    """Every product with its price in cents."""
    with pool.connection() as connection:
        return jsonify(database.products(connection))


@app.post("/api/orders")
def place_order() -> tuple[Response, int]:
    """Keep the order, then tell the worker: it looks for orders it was not told of, so none is forgotten."""
    order = order_in(request.get_json(silent=True))
    with pool.connection() as connection:
        placed = database.place(connection, order)
    if placed is None:
        raise OrderError(f"there is no product {order.product}")
    cache.lpush("orders", placed["id"])
    return jsonify(placed), 201


@app.get("/api/orders")
def list_orders() -> Response:
    """The last twenty orders, newest first."""
    with pool.connection() as connection:
        return jsonify(database.last_orders(connection))


@app.get("/healthz")
def healthz() -> dict[str, str]:
    """Answers when both stores do."""
    with pool.connection() as connection:
        connection.execute("SELECT 1")
    cache.ping()
    return {"status": "ok", "replica": REPLICA}


@app.errorhandler(OrderError)
def refuse(error: OrderError) -> tuple[Response, int]:
    """Say what is wrong with an order."""
    return jsonify(error=str(error)), 400


@app.errorhandler(psycopg.OperationalError)
@app.errorhandler(PoolTimeout)
@app.errorhandler(redis.ConnectionError)
def unavailable(error: Exception) -> tuple[Response, int]:
    """Ask for patience while a store is away."""
    app.logger.error("a store does not answer: %s", error)
    return jsonify(error="the shop is closed for a moment; try again"), 503


@app.errorhandler(HTTPException)
def as_json(error: HTTPException) -> tuple[Response, int]:
    """Say what is wrong with a request."""
    return jsonify(error=error.description), error.code or 500
