"""The people of a small city that reports, in front of the pages: everybody signs in, and asks by HTTP."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import httpx
from sqlmodel import Session

from hub.access.queries import actor_for_user, user_by_name
from hub.access.sessions import cookie_name, open_link, redeem_link
from tests.reporting.conftest import PLAN, Half
from tests.web.conftest import OWN

EVERYBODY = (
    ("officer", "A"), ("approver", "A"), ("clerk", "A"), ("officer", "B"), ("supervisor", "SNV"),
    ("supervisor_head", "SNV"), ("leader", "TP"), ("staff", "A"), ("user", ""), ("finance", "SNV"), ("anyone", ""),
)  # fmt: skip


@dataclass
class Reporters:
    """Asks for pages as a person at a place; each has one session, with his second factor shown."""

    half: Half
    # At an address, where a browser is driven beside: it has taken the loop that the application is asked in otherwise.
    outside: httpx.Client | None = None
    cookies: dict[tuple[str, str], str] = field(default_factory=dict)

    def link(self, role: str, place: str) -> str:
        """The path of a link that signs him in."""

        def work(session: Session) -> str:
            return open_link(session, actor_for_user(session), user_by_name(session, f"{role}.{place}"))

        return f"/sign-in/{self._seam.change_now(work)}"

    def get(self, path: str, role: str, place: str = "A", **words: Any) -> httpx.Response:
        """A page as he sees it."""
        return self.ask("GET", path, role, place, **words)

    def post(self, path: str, role: str, place: str = "A", /, **form: Any) -> httpx.Response:
        """What a form of his answers."""
        return self.ask("POST", path, role, place, data=form, headers=OWN)

    def ask(self, method: str, path: str, role: str, place: str = "A", **words: Any) -> httpx.Response:
        """Any request."""
        headers = dict(words.pop("headers", {}))
        if role != "anyone":
            headers["cookie"] = f"{cookie_name(secure=False)}={self._secret(role, place)}"
        if self.outside is not None:
            self.outside.cookies.clear()
            if "origin" in words.get("headers", headers):
                headers["origin"] = str(self.outside.base_url).rstrip("/")
            return self.outside.request(method, path, headers=headers, **words)
        self.half.http.cookies.clear()
        return self.half.runner.run(self.half.http.request(method, path, headers=headers, **words))

    def session(self, role: str, place: str) -> dict[str, str]:
        """The cookie of a session of his own, in which he has shown his second factor."""
        return {} if role == "anyone" else {cookie_name(secure=False): self._secret(role, place)}

    def _secret(self, role: str, place: str) -> str:
        if (role, place) not in self.cookies:
            opened = self._seam.change_now(
                partial(redeem_link, secret=self.link(role, place).rpartition("/")[2])
            )
            self.half.owner.execute(
                "insert into step_up (sha256, user_id, until)"
                " select %s, id, now() + interval '1 day' from app_user where name = %s",
                [hashlib.sha256(opened.secret.encode()).digest(), f"{role}.{place}"],
            )
            self.cookies[role, place] = opened.secret
        return self.cookies[role, place]

    @property
    def _seam(self) -> Any:
        return self.half.app.state.services.seam

    def period(self) -> int:
        """The key of a new open period."""
        year, month, day = next(self.half.days)
        opened = self.post(
            "/periods/open", "supervisor_head", "SNV", plan=PLAN, deadline=f"{year}-{month:02}-{day:02}"
        )
        assert opened.status_code == 303, said(opened)
        return int(opened.headers["location"].partition("?")[0].rpartition("/")[2])

    def begun(self, period: int, place: str = "A") -> int:
        """The key of a return just begun by the button."""
        made = self.post(f"/periods/{period}/agencies/{place}/begin", "officer", place)
        assert made.status_code == 303, said(made)
        return int(made.headers["location"].rpartition("/")[2])

    def form(self, key: int, role: str = "officer", place: str = "A") -> dict[str, str]:
        """What the form of a return would send as it stands."""
        return fields(self.get(f"/returns/{key}", role, place).text)

    def written(self, period: int, place: str = "A") -> int:
        """A return with what it must say."""
        key = self.begun(period, place)
        form = self.form(key, "officer", place) | {"results": "Đã xong.", "difficulties": "Không có."}
        assert self.post(f"/returns/{key}/save", "officer", place, **form).status_code == 303
        return key

    def approved(self, period: int, place: str = "A") -> int:
        """A return that its head has approved."""
        key = self.written(period, place)
        sent = self.post(f"/returns/{key}/submit", "officer", place, **self.form(key, "officer", place))
        assert sent.headers["location"].endswith("done=submitted"), said(sent)
        done = self.post(f"/returns/{key}/approve", "approver", place, version=self.version(key))
        assert done.status_code == 303, said(done)
        return key

    def version(self, key: int) -> int:
        """The version of a return now."""
        return int(self.half.sql("select version from agency_return where id = %s", key)[0].version)

    def counts(self) -> list[Any]:
        """How much of everything that these pages may change there is, and which versions."""
        tables = (
            "return_case", "case_note", "agency_contact", "return_attachment", "return_turn", "return_line",
            "published_report",
        )  # fmt: skip
        told = " union all ".join(
            f"select '{name}' as what, count(*) as many, 0 as versions from {name}" for name in tables
        )
        return self.half.sql(
            f"{told} union all select 'returns', count(*), sum(version) from agency_return"
            " union all select 'periods', count(*), sum(version) from reporting_period order by 1"
        )


def fields(page: str) -> dict[str, str]:
    """The fields of the form of a return, with what stands in them."""
    form = page[page.index('id="return"') :]
    form = form[: form.index("</form>")]
    found = {
        name: value
        for tag in re.findall(r"<input [^>]*>", form)
        if (name := _attribute(tag, "name")) and (value := _attribute(tag, "value")) is not None
    }
    for tag, text in re.findall(r"(<textarea [^>]*>)(.*?)</textarea>", form, re.DOTALL):
        found[_attribute(tag, "name") or ""] = _plain(text)
    return found


def said(answer: httpx.Response) -> str:
    """The errors of a page."""
    found = re.search(r'<div class="errors".*?</div>', answer.text, re.DOTALL)
    return _plain(re.sub(r"<[^>]+>", "", found[0])) if found else ""


def _attribute(tag: str, name: str) -> str | None:
    found = re.search(rf'\b{name}="([^"]*)"', tag)
    return _plain(found[1]) if found else None


def _plain(text: str) -> str:
    for code, sign in (("&#34;", '"'), ("&#39;", "'"), ("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&")):
        text = text.replace(code, sign)
    return text
