"""Mail: handed in by a thread of its own, so that no answer waits for it or tells by its time whether there was any."""

import logging
import queue
import smtplib
import ssl
import threading
from collections.abc import Callable
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import formatdate, make_msgid
from urllib.parse import unquote, urlsplit

LOOPBACK = ("127.0.0.1", "::1", "localhost")
WAITS = 20.0
"""Seconds for each answer of the mail server."""
QUEUED = 200
"""How many letters wait at most; one more is not sent, and the log says so."""
TRIES = (0.0, 5.0, 30.0)
"""Seconds before each try."""
log = logging.getLogger("backdraft.mail")


@dataclass(frozen=True)
class Letter:
    """A mail of plain text."""

    to: str
    subject: str
    text: str


Writes = Callable[[], Letter | None]
"""Makes a letter when its turn comes, or finds that there is none to send."""


class Mailer:
    """Sends letters through the server at `url` (`smtp://` or `smtps://`, with user and password if it wants them)."""

    def __init__(self, url: str, sender: str, tries: tuple[float, ...] = TRIES) -> None:
        self._url = url
        self._sender = sender
        self._tries = tries
        self._letters: queue.Queue[Writes | None] = queue.Queue(QUEUED)
        self._closing = threading.Event()
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None

    @property
    def is_there(self) -> bool:
        """Whether anybody can be mailed."""
        return bool(self._url)

    def send(self, letter: Letter) -> None:
        """Send a letter soon."""
        self.send_soon(lambda: letter)

    def send_soon(self, writes: Writes) -> None:
        """Send what `writes` makes, in the thread of the mailer; never waits and never raises."""
        with self._lock:
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, name="mail", daemon=True)
                self._thread.start()
        try:
            self._letters.put_nowait(writes)
        except queue.Full:
            log.error("a letter is not sent: %s wait already", QUEUED)

    def close(self, waits: float = 5.0) -> None:
        """Send what waits, for at most that many seconds, and end."""
        self._closing.set()
        with self._lock:
            thread = self._thread
        if thread is not None:
            try:
                self._letters.put(None, timeout=waits)
            except queue.Full:
                log.error("letters that wait are not sent")
                return
            thread.join(waits)

    def _work(self) -> None:
        while (writes := self._letters.get()) is not None:
            try:
                if (letter := writes()) is not None:
                    self._try_to_send(letter)
            except Exception:
                log.exception("a letter could not be written")

    def _try_to_send(self, letter: Letter) -> None:
        """What fails is logged with its subject; the text holds links that are nobody else's."""
        for wait in self._tries:
            if wait and self._closing.wait(wait):
                break
            try:
                self._hand_in(letter)
            except smtplib.SMTPRecipientsRefused:
                log.error("the mail server refuses the recipient of '%s'", letter.subject)
                return
            except (OSError, smtplib.SMTPException) as error:
                log.warning("'%s' is not sent yet: %s", letter.subject, type(error).__name__)
            else:
                return
        log.error("'%s' is not sent; check smtp_url, and that the server answers", letter.subject)

    def _hand_in(self, letter: Letter) -> None:
        parts = urlsplit(self._url)
        host = parts.hostname or ""
        trust = ssl.create_default_context()
        if parts.scheme == "smtps":
            server: smtplib.SMTP = smtplib.SMTP_SSL(host, parts.port or 465, timeout=WAITS, context=trust)
        else:
            server = smtplib.SMTP(host, parts.port or 25, timeout=WAITS)
        with server:
            server.ehlo()
            if parts.scheme == "smtp" and server.has_extn("starttls"):
                server.starttls(context=trust)
                server.ehlo()
            elif parts.scheme == "smtp" and parts.username and host not in LOOPBACK:
                raise smtplib.SMTPNotSupportedError("no password is sent in clear: the server offers no STARTTLS")
            if parts.username:
                server.login(unquote(parts.username), unquote(parts.password or ""))
            server.send_message(self._message(letter))

    def _message(self, letter: Letter) -> EmailMessage:
        message = EmailMessage()
        message["From"] = self._sender
        message["To"] = letter.to
        message["Subject"] = letter.subject
        message["Date"] = formatdate()
        message["Message-ID"] = make_msgid(domain=self._sender.rpartition("@")[2] or "backdraft")
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(letter.text)
        return message
