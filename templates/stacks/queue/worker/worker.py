"""Does tasks from a queue, one at a time. The connection drawn to the broker gives it AMQP_URL."""

import os
import signal
import sys
import time

import pika
import pika.exceptions
from pika.adapters.blocking_connection import BlockingChannel

QUEUE = "tasks"
PAUSE = 1


def do(channel: BlockingChannel, method: pika.spec.Basic.Deliver, _: pika.BasicProperties, body: bytes) -> None:
    """Do one task, then say so: a task whose worker dies before that goes to another one."""
    print(f"doing {body.decode()!r}", flush=True)
    time.sleep(0.5)
    channel.basic_ack(method.delivery_tag)


def main() -> None:
    """Work until asked to end; a broker that goes away is waited for."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    while True:
        try:
            with pika.BlockingConnection(pika.URLParameters(os.environ["AMQP_URL"])) as broker:
                channel = broker.channel()
                channel.queue_declare(QUEUE, durable=True)
                channel.basic_qos(prefetch_count=1)
                channel.basic_consume(QUEUE, do)
                print("ready for tasks", flush=True)
                channel.start_consuming()
        except pika.exceptions.AMQPError as error:
            print(f"the broker does not answer, trying again: {error!r}", flush=True)
            time.sleep(PAUSE)


if __name__ == "__main__":
    main()
