"""Who sends a form: nothing changes unless a page of ours sent it (docs/decisions/070)."""

from fastapi import Request

from shared.web.problems import Forbidden

_READING = frozenset({"GET", "HEAD"})


class ForeignForm(Forbidden):
    """Another site, or a program that says nothing of where it comes from, sent this."""

    code = "foreign-form"


def refuse_foreign(request: Request) -> None:
    """Raise ForeignForm unless a browser says that a page of this origin sent what changes something.

    Every current browser sends `Sec-Fetch-Site`; one that does not names the `Origin`.
    """
    if not (request.method in _READING or is_sent_here(request)):
        raise ForeignForm


def is_sent_here(request: Request) -> bool:
    """A page of ours sent it."""
    site = request.headers.get("sec-fetch-site")
    return site == "same-origin" or (site is None and request.headers.get("origin") == _origin(request))


def _origin(request: Request) -> str:
    public: str = request.app.state.runtime.settings.public_url
    scheme, _, rest = public.partition("://")
    return f"{scheme}://{rest.partition('/')[0]}"
