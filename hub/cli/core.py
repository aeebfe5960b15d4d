"""How a command reaches the core: the settings, the opened installation, and the user it acts as."""

from __future__ import annotations

import argparse
import contextlib
import os
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import TypeVar

from sqlmodel import Session

from hub.access.acting import act_as
from hub.access.actor import Actor
from hub.access.errors import UnknownUser
from hub.access.queries import LOCAL_USER, actor_for_user
from hub.agencies.queries import agency_by_code
from hub.audit.commands import record
from hub.installation import Installation, opened
from hub.kit.errors import BadRequest, NotFound, NotPermitted
from hub.kit.seam import Seam
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


class NothingThere(BadRequest):
    """The data folder holds no database: a mistyped --data, most likely, and not a city without records."""

    def __init__(self, data: Path) -> None:
        super().__init__(
            f"Thư mục {data} chưa có dữ liệu. Hãy kiểm tra --data, hoặc tạo dữ liệu bằng hub demo hay hub migrate.",
            f"There are no data in {data}. Check --data, or make some with hub demo or hub migrate.",
        )


@contextlib.contextmanager
def existing(arguments: argparse.Namespace) -> Iterator[Installation]:
    """The installation of this call, which some other command has made. Raises NothingThere."""
    settings = settings_of(arguments)
    if not settings.dsn and not (settings.data / "postgresql").is_dir():
        raise NothingThere(settings.data)
    with opened(settings) as installation:
        yield installation


def read(arguments: argparse.Namespace, work: Callable[[Session, Actor], T]) -> T:
    """The answer of `work`, which only reads, as the user of this call."""
    with existing(arguments) as installation, installation.seam() as seam:
        return seam.read_now(lambda session: work(session, actor_for_user(session, arguments.acting)))


def change(arguments: argparse.Namespace, work: Callable[[Session, Actor], T]) -> T:
    """The answer of `work`, committed when it returns and undone when it raises."""
    with existing(arguments) as installation, installation.seam() as seam:
        return changed(arguments, seam, work)


def changed(arguments: argparse.Namespace, seam: Seam, work: Callable[[Session, Actor], T]) -> T:
    """The same on an open installation; who is refused leaves an event in a transaction of its own."""
    try:
        return seam.change_now(acting(arguments, work))
    except (NotPermitted, NotFound) as refused:
        event = refused.action if isinstance(refused, NotPermitted) else f"command:{arguments.command}"
        reason = refused.problem_code

        def told(session: Session) -> None:
            actor = actor_for_user(session, arguments.acting)
            record(
                session, actor, event, outcome="denied", reason=reason, detail={"command": arguments.command}
            )

        if not isinstance(refused, UnknownUser):
            seam.change_now(told)
        raise


def acting(arguments: argparse.Namespace, work: Callable[[Session, Actor], T]) -> Callable[[Session], T]:
    """`work` as the user of this call, as PostgreSQL knows him too."""

    def known(session: Session) -> T:
        actor = actor_for_user(session, arguments.acting)
        act_as(session, actor, f"command:{arguments.command}")
        return work(session, actor)

    return known


def agency_key(session: Session, code: str | None) -> int | None:
    """The key of the agency that a code means, present or former; None for none. Raises NotFound."""
    return None if code is None else _agency(session, code)[0]


def agency_code(session: Session, code: str | None) -> str | None:
    """The present code of the agency that a code means; None for none. Raises NotFound."""
    return None if code is None else _agency(session, code)[1]


def _agency(session: Session, code: str) -> tuple[int, str]:
    found = agency_by_code(session, code)
    if found is None:
        raise NotFound(f"cơ quan có mã «{code}»", f'the agency with code "{code}"', path=("agency",))
    return found


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
