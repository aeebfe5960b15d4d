"""How a command reaches the core: the settings, the opened installation, and the user it acts as."""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import TypeVar

from sqlmodel import Session, select

from hub.access.actor import Actor
from hub.access.queries import LOCAL_USER, actor_for_user
from hub.agencies.models import Agency
from hub.installation import opened
from hub.kit.errors import BadRequest, NotFound
from hub.settings import Settings, load

T = TypeVar("T")
Commands = "argparse._SubParsersAction[argparse.ArgumentParser]"


def shared() -> argparse.ArgumentParser:
    """The options that every command takes."""
    options = argparse.ArgumentParser(add_help=False)
    options.add_argument(
        "--data", type=Path, metavar="DIR", help="thư mục dữ liệu · data folder (HUB_DATA, .hub)"
    )
    options.add_argument("--json", action="store_true", help="kết quả dạng JSON · answer as JSON")
    options.add_argument(
        "--as",
        dest="acting",
        metavar="USER",
        default=LOCAL_USER,
        help="làm thay người dùng · act as this user",
    )
    return options


def settings_of(arguments: argparse.Namespace) -> Settings:
    """The settings of this call. The hub's clock is set here, once, for everything the command does."""
    settings = load(data=arguments.data)
    if settings.today is not None:
        os.environ["HUB_TODAY"] = settings.today.isoformat()
    return settings


def read(arguments: argparse.Namespace, work: Callable[[Session, Actor], T]) -> T:
    """The answer of `work`, which only reads, as the user of this call."""
    with opened(settings_of(arguments)) as installation, installation.seam() as seam:
        return seam.read_now(lambda session: work(session, actor_for_user(session, arguments.acting)))


def change(arguments: argparse.Namespace, work: Callable[[Session, Actor], T]) -> T:
    """The answer of `work`, committed when it returns and undone when it raises."""
    with opened(settings_of(arguments)) as installation, installation.seam() as seam:
        return seam.change_now(lambda session: work(session, actor_for_user(session, arguments.acting)))


def agency_key(session: Session, code: str | None) -> int | None:
    """The key of the agency with this code; None for none. Raises NotFound."""
    if code is None:
        return None
    key = session.exec(select(Agency.id).where(Agency.code == code)).first()
    if key is None:
        raise NotFound(f"cơ quan có mã «{code}»", f'the agency with code "{code}"', path=("agency",))
    return key


def day(text: str) -> date:
    """A date as typed: 2025-06-30 or 30/6/2025. Raises BadRequest."""
    try:
        if "/" in text:
            number, month, year = (int(part) for part in text.split("/"))
            return date(year, month, number)
        return date.fromisoformat(text)
    except ValueError:
        raise BadRequest(
            f"«{text}» không phải ngày. Hãy viết 2025-06-30 hoặc 30/6/2025.",
            f'"{text}" is not a date. Write 2025-06-30 or 30/6/2025.',
        ) from None
