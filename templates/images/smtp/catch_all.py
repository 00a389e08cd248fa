#!/usr/bin/env python3
"""Accept every mail on port 1025 and print it to stdout: a mailbox for development that delivers nothing."""

import asyncio
import email
import email.policy
import os
import signal

from aiosmtpd.smtp import SMTP

PORT = int(os.environ.get("SMTP_PORT", "1025"))
LARGEST_MAIL = 32 * 1024 * 1024


class _Printer:
    async def handle_DATA(self, server, session, envelope):  # noqa: N802 aiosmtpd calls it by this name
        message = email.message_from_bytes(envelope.original_content or b"", policy=email.policy.default)
        print(f"mail from <{envelope.mail_from}> to {', '.join(f'<{to}>' for to in envelope.rcpt_tos)}")
        print(f"  subject: {message.get('subject', '')}")
        for line in _text_of(message).splitlines():
            print(f"  | {line}")
        print("end of mail", flush=True)
        return "250 OK"


def _text_of(message):
    body = message.get_body(preferencelist=("plain", "html"))
    if body is None:
        return ""
    try:
        return body.get_content()
    except (LookupError, ValueError):
        return body.get_payload()


async def _serve():
    loop = asyncio.get_running_loop()
    stopped = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopped.set)
    server = await loop.create_server(
        lambda: SMTP(_Printer(), data_size_limit=LARGEST_MAIL, enable_SMTPUTF8=True, hostname="smtp", loop=loop),
        host="",
        port=PORT,
    )
    print(f"listening on port {PORT}; mail is printed, not delivered", flush=True)
    async with server:
        await stopped.wait()


asyncio.run(_serve())
