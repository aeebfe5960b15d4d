"""Runs the server: uvicorn on uvloop and httptools, in this process, until it is told to stop."""

from __future__ import annotations

import contextlib
import gc
import signal
import socket
from collections.abc import Callable
from typing import Any

import uvicorn

from hub.app import create_app
from hub.kit.bounded_http import BoundedHttp
from hub.kit.errors import Unavailable
from hub.kit.logs import start_log
from hub.settings import Settings

STOP_SECONDS = 10


class PortTaken(Unavailable):
    """Another program listens there, or this user may not."""

    def __init__(self, host: str, port: int, reason: str) -> None:
        super().__init__(
            f"Không mở được cổng {host}:{port} ({reason}). Hãy chọn cổng khác bằng --port hoặc HUB_PORT.",
            f"Port {host}:{port} cannot be opened ({reason}). Choose another one with --port or HUB_PORT.",
        )


class _Server(uvicorn.Server):
    """Says when it answers."""

    def __init__(self, config: uvicorn.Config, ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start, and tell whoever waits."""
        await super().startup(sockets)
        # What has been imported and built by now stays; looking through it for garbage would hold a request up for a
        # tenth of a second every now and then.
        gc.collect()
        gc.freeze()
        if self.started and not self.should_exit:
            self._ready()


def serve(settings: Settings, ready: Callable[[str], None]) -> int:
    """Serve until SIGINT or SIGTERM; `ready` gets the address of GraphQL once it answers.

    Requests that are running get ten seconds to finish. Raises PortTaken.
    """
    start_log(settings.log_level, settings.log_format)
    listener = _listen(settings.host, settings.port)
    port = listener.getsockname()[1]
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    config = uvicorn.Config(
        create_app(settings),
        loop="uvloop",
        http=BoundedHttp,
        ws="websockets-sansio",
        ws_max_size=settings.max_body,
        lifespan="on",
        log_config=None,
        log_level="warning",
        access_log=False,
        server_header=False,
        forwarded_allow_ips=list(settings.trusted_proxies),
        timeout_graceful_shutdown=STOP_SECONDS,
    )
    with contextlib.ExitStack() as open_ports, _stoppable():
        listeners = [open_ports.enter_context(listener)]
        if settings.admin_port is not None and settings.admin_port != port:
            listeners.append(open_ports.enter_context(_listen(settings.host, settings.admin_port)))
        _Server(config, lambda: ready(f"http://{host}:{port}/graphql")).run(sockets=listeners)
    return 0


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=2048)
    except (OSError, OverflowError) as error:
        raise PortTaken(host, port, getattr(error, "strerror", None) or str(error)) from error


@contextlib.contextmanager
def _stoppable() -> Any:
    """uvicorn repeats the signal once it has stopped; here that is the end of a good life, not a failure."""

    def stop(*_: Any) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, stop)
    try:
        yield
    except KeyboardInterrupt:
        pass
    finally:
        signal.signal(signal.SIGTERM, before)
