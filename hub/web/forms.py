"""What a form sends: its fields, and files where it brings any; never more than the page allows for."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from dataclasses import dataclass
from urllib.parse import parse_qsl

from starlette.datastructures import UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.requests import Request

from hub.kit.errors import BadRequest

_MOST_FIELDS = 20


@dataclass(frozen=True)
class SentFile:
    """A file as a browser names it; nothing of it is believed."""

    name: str
    content: bytes


async def form_of(request: Request, most: int) -> tuple[dict[str, str], dict[str, SentFile]]:
    """The fields and files of a form of at most so many bytes; empty fields are left out. Raises BadRequest."""
    if request.headers.get("content-type", "").startswith("multipart/form-data"):
        return await _with_files(request, most)
    body = b"".join([chunk async for chunk in _measured(request, most)])
    return dict(parse_qsl(body.decode("utf-8", "replace"))), {}


async def _with_files(request: Request, most: int) -> tuple[dict[str, str], dict[str, SentFile]]:
    parser = MultiPartParser(
        request.headers, _measured(request, most), max_files=1, max_fields=_MOST_FIELDS, max_part_size=4_096
    )
    try:
        sent = await parser.parse()
    except MultiPartException:
        raise BadRequest(
            "Không đọc được tệp gửi lên. Hãy chọn lại tệp rồi gửi lần nữa.",
            "The file that was sent cannot be read. Choose it again and send it once more.",
        ) from None
    try:
        fields = {name: value for name, value in sent.multi_items() if isinstance(value, str) and value}
        files = {
            name: SentFile(value.filename or "", await value.read())
            for name, value in sent.multi_items()
            if isinstance(value, UploadFile) and value.filename
        }
    finally:
        await sent.close()
    return fields, files


async def _measured(request: Request, most: int) -> AsyncGenerator[bytes, None]:
    held = 0
    async for chunk in request.stream():
        held += len(chunk)
        if held > most:
            raise BadRequest(
                f"Nội dung gửi lên quá dài (tối đa {most:,} byte). Hãy rút gọn, hoặc nén tệp.",
                f"What was sent is too long (at most {most:,} bytes). Shorten it, or compress the file.",
            )
        yield chunk
