"""The client: one server, one key, and the groups of what can be asked."""

import time
from collections.abc import Callable
from types import TracebackType

from ui.client.catalogue import Catalogue
from ui.client.deploys import Deploys
from ui.client.drawings import Drawings
from ui.client.keys import Keys
from ui.client.running import Running
from ui.client.secrets import Secrets
from ui.client.signing import Key
from ui.client.streaming import Stream
from ui.client.transport import TIMEOUT, TRIES, Transport


class Client:
    """Asks the server at `url` in the name of `key`, which is a Key or its text `bdk_…:bds_…`.

    What goes wrong is raised as a ClientError. Requests that are safe to repeat are sent up to `tries` times.
    `timeout` in seconds; `verify` is a file of certificates where the server's is not signed by a public authority.
    """

    def __init__(
        self,
        url: str,
        key: Key | str | None,
        *,
        timeout: float = TIMEOUT,
        tries: int = TRIES,
        verify: bool | str = True,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        """Raises ValueError where `url` or `key` is none; asks nothing yet."""
        self._transport = Transport(
            url,
            Key.read(key) if isinstance(key, str) else key,
            timeout=timeout,
            tries=tries,
            verify=verify,
            sleep=sleep,
        )
        self._sleep = sleep
        self.catalogue = Catalogue(self._transport)
        self.drawings = Drawings(self._transport)
        self.deploys = Deploys(self._transport)
        self.running = Running(self._transport)
        self.secrets = Secrets(self._transport)
        self.keys = Keys(self._transport)

    @property
    def url(self) -> str:
        """The server's address."""
        return self._transport.url

    def events(self, after: int | None = None, patience: float = 120.0) -> Stream:
        """What happens from now on, or since the event of the id `after`, in every project that you may see."""
        return Stream(self._transport, after, patience, self._sleep)

    def close(self) -> None:
        """Let go of the connections."""
        self._transport.close()

    def __enter__(self) -> "Client":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
