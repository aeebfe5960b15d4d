"""The addresses of the pages."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from hub.returns.attachments import LARGEST
from hub.web import failing
from hub.web.site import MOST_FORM, Deed, Site, View, files
from hub.web.views import (
    access_changes,
    account,
    agencies,
    annex,
    attachments,
    cases,
    city,
    desk,
    exclusions,
    feeds,
    grants,
    indicators,
    issuers,
    letters,
    passwords,
    periods,
    quality,
    radar,
    report_jobs,
    reports,
    returns,
    second_factor,
    sign_in,
    users,
    verify,
)

# Bytes of a form: a page of picked agencies; a note and a whole return, whose letters take up to nine bytes each in a
# form; a file with what stands around it.
_MOST_PICKED, _MOST_TEXT, _MOST_RETURN, _MOST_FILE = 16_384, 32_768, 2_000_000, LARGEST + 16_384


def routes() -> list[BaseRoute]:
    """Every page; `app.state.site` answers, which the lifespan has opened."""
    return [
        _page("/", city.show),
        _page("/annex", annex.show),
        _page("/agencies", agencies.every),
        _page("/agencies/{code}", agencies.one),
        _page("/agencies/{code}/quality", quality.of_agency),
        _page("/quality", quality.of_city),
        _page("/radar", radar.show),
        _page("/indicators/{code}", indicators.show),
        _page("/verify/{named:path}", verify.show),
        _page("/papers/{sha256}.pdf", verify.paper),
        _page("/ranking", feeds.show),
        _page("/ranking.json", feeds.as_json),
        _page("/ranking.csv", feeds.as_csv),
        _page("/sign-in", sign_in.ask),
        _page("/sign-in", sign_in.enter, method="POST", changing=True),
        _deed("/sign-in/password", sign_in.by_password),
        _deed("/sign-in/issuer/{name}", issuers.leave, method="GET"),
        _deed("/sign-in/issuer/{name}/callback", issuers.come_back, method="GET"),
        _page("/sign-in/{secret}", sign_in.follow, changing=True),
        _page("/password/{secret}", passwords.ask),
        _deed("/password", passwords.save),
        _page("/account", account.show),
        _page("/account/password", passwords.ask_change),
        _deed("/account/password", passwords.change),
        _page("/account/second-factor", second_factor.show),
        _deed("/account/second-factor", second_factor.start),
        _deed("/account/second-factor/confirm", second_factor.confirm),
        _page("/account/step-up", second_factor.ask),
        _deed("/account/step-up", second_factor.step_up),
        _page("/account/sessions/end", account.end, method="POST", changing=True),
        _page("/account/keys/revoke", account.revoke_key, method="POST", changing=True),
        _page("/sessions", account.everybodys),
        _page("/users", users.every),
        _page("/users/new", users.new),
        _deed("/users/new", users.create),
        _page("/users/{name}", users.one),
        _deed("/users/{name}/grant", users.grant),
        _deed("/users/{name}/disable", users.disable),
        _deed("/users/{name}/link", users.send_link),
        _deed("/users/{name}/second-factor", users.forget_factor),
        _deed("/grants/end", grants.end),
        _deed("/grants/delegate", grants.delegate),
        _page("/access-changes", access_changes.show),
        _deed("/access-changes/confirm", access_changes.confirm),
        _deed("/access-changes/reject", access_changes.reject),
        _page("/exclusions", exclusions.every),
        _deed("/exclusions/propose", exclusions.propose, most=_MOST_TEXT),
        _page("/exclusions/{id}", exclusions.one),
        _deed("/exclusions/{id}/amend", exclusions.amend, most=_MOST_TEXT),
        _deed("/exclusions/{id}/withdraw", exclusions.withdraw),
        _deed("/exclusions/{id}/approve", exclusions.approve),
        _deed("/exclusions/{id}/return", exclusions.send_back, most=_MOST_TEXT),
        _deed("/exclusions/{id}/lift", exclusions.lift, most=_MOST_TEXT),
        _page("/periods", periods.every),
        _deed("/periods/open", periods.open_new),
        _page("/periods/{id}", desk.show),
        _deed("/periods/{id}/open", desk.open_planned),
        _deed("/periods/{id}/update", desk.update),
        _deed("/periods/{id}/close", desk.close),
        _deed("/periods/{id}/reopen", desk.reopen),
        _deed("/periods/{id}/accept", desk.accept, most=_MOST_PICKED),
        _deed("/periods/{id}/assign", desk.assign, most=_MOST_PICKED),
        _deed("/periods/{id}/remind", desk.remind, most=_MOST_PICKED + _MOST_TEXT),
        _deed("/periods/{id}/letter.pdf", letters.fetch, method="GET", by_key=True),
        _page("/periods/{id}/agencies/{code}", cases.show),
        _deed("/periods/{id}/agencies/{code}/begin", cases.begin),
        _deed("/periods/{id}/agencies/{code}/note", cases.note, most=_MOST_TEXT),
        _deed("/periods/{id}/agencies/{code}/contact", cases.contact),
        _deed("/periods/{id}/agencies/{code}/extend", cases.extend),
        _deed("/periods/{id}/agencies/{code}/assign", cases.assign),
        _page("/returns/{id}", returns.show),
        _deed("/returns/{id}/save", returns.save, most=_MOST_RETURN),
        _deed("/returns/{id}/submit", returns.submit, most=_MOST_RETURN),
        _deed("/returns/{id}/withdraw", returns.withdraw),
        _deed("/returns/{id}/approve", returns.approve),
        _deed("/returns/{id}/send-back", returns.send_back, most=_MOST_TEXT),
        _deed("/returns/{id}/accept", returns.accept),
        _deed("/returns/{id}/attach", attachments.attach, most=_MOST_FILE, by_key=True),
        _deed("/returns/{id}/detach", attachments.detach),
        _page("/returns/{id}/attachments/{key}", attachments.fetch, by_key=True),
        _page("/reports", reports.every),
        _deed("/reports/draft", reports.draft),
        _deed("/reports/draft-many", report_jobs.draft_many),
        _deed("/reports/submit-many", report_jobs.submit_many),
        _deed("/reports/publish-many", report_jobs.publish_many),
        _page("/reports/jobs/{id}", report_jobs.show),
        _deed("/reports/jobs/{id}/cancel", report_jobs.cancel),
        _page("/reports/{id}", reports.one),
        _deed("/reports/{id}/submit", reports.submit),
        _deed("/reports/{id}/send-back", reports.send_back, most=_MOST_TEXT),
        _deed("/reports/{id}/publish", reports.publish),
        _deed("/reports/{id}/correct", reports.correct, most=_MOST_TEXT),
        _page("/sign-out", sign_in.leave, method="POST", changing=True),
        Route("/static/{name}", _file),
    ]


def _page(
    path: str, view: View, *, method: str = "GET", changing: bool = False, by_key: bool = False
) -> Route:
    async def handler(request: Request) -> Response:
        site: Site = request.app.state.site
        return await site.answer(request, view, changing=changing, by_key=by_key)

    return Route(path, handler, methods=[method])


def _deed(
    path: str, deed: Deed, *, method: str = "POST", most: int = MOST_FORM, by_key: bool = False
) -> Route:
    async def handler(request: Request) -> Response:
        site: Site = request.app.state.site
        return await site.do(request, deed, most, by_key=by_key)

    return Route(path, handler, methods=[method])


async def nothing_here(request: Request, error: Exception) -> Response:
    """What an address that leads nowhere answers, or a method that nothing there takes."""
    site: Site = request.app.state.site
    return await site.answer(request, lambda session, visit: failing.nothing_here())


async def _file(request: Request) -> Response:
    return files(request.path_params["name"])
