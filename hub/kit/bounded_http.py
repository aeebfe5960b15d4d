"""HTTP as uvicorn speaks it, with an end to what it gathers before anybody is asked: headers, trailers, chunk sizes."""

from __future__ import annotations

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

LONGEST_HEAD = 65_536  # bytes, as h11 has it
_REFUSED = (
    b"HTTP/1.1 431 Request Header Fields Too Large\r\n"
    b"content-type: text/plain; charset=utf-8\r\ncontent-length: 48\r\nconnection: close\r\n\r\n"
    b"The headers of a request end within 65536 bytes."
)


class BoundedHttp(HttpToolsProtocol):
    """Answers 431 and hangs up once so many bytes have come that were neither a whole head nor body."""

    _gathered = 0

    def data_received(self, data: bytes) -> None:
        """Read on."""
        self._gathered += len(data)
        super().data_received(data)
        if self._gathered > LONGEST_HEAD and not self.transport.is_closing():
            self.transport.write(_REFUSED)
            self.transport.close()

    def on_headers_complete(self) -> None:
        """The head is whole."""
        self._gathered = 0
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        """What HUB_MAX_BODY bounds."""
        self._gathered = 0
        super().on_body(body)

    def on_message_complete(self) -> None:
        """The request is whole."""
        self._gathered = 0
        super().on_message_complete()
