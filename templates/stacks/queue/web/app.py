"""Takes tasks and puts each on a queue. The connection drawn to the broker gives it AMQP_URL."""

import os

import pika
import pika.exceptions
from flask import Flask, Response, jsonify, request

QUEUE = "tasks"
LONGEST = 1000
KEPT = pika.BasicProperties(delivery_mode=pika.DeliveryMode.Persistent)

app = Flask(__name__)


@app.get("/")
def waiting() -> Response:
    """How many tasks nobody has taken yet."""
    with connection() as broker:
        queue = broker.channel().queue_declare(QUEUE, durable=True)
    return jsonify(waiting=queue.method.message_count, add='POST /tasks with JSON such as {"text": "hi"}')


@app.post("/tasks")
def add() -> tuple[Response, int]:
    """Put a task on the queue; it is accepted once the broker has it on disk."""
    body = request.get_json(silent=True)
    text = body.get("text") if isinstance(body, dict) else None
    if not isinstance(text, str) or not 0 < len(text) <= LONGEST:
        return jsonify(error=f"text: must be a text of 1 to {LONGEST} characters"), 400
    with connection() as broker:
        channel = broker.channel()
        channel.queue_declare(QUEUE, durable=True)
        channel.confirm_delivery()
        channel.basic_publish("", QUEUE, text.encode(), KEPT)
    return jsonify(accepted=text), 202


@app.errorhandler(pika.exceptions.AMQPError)
def unavailable(error: Exception) -> tuple[Response, int]:
    """Ask for patience while the broker is away."""
    app.logger.error("the broker does not answer: %r", error)
    return jsonify(error="the queue is closed for a moment; try again"), 503


def connection() -> pika.BlockingConnection:
    """A connection to the broker, closed at the end of a `with` block."""
    return pika.BlockingConnection(pika.URLParameters(os.environ["AMQP_URL"]))
