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
    if request.method in _READING:
        return
    site = request.headers.get("sec-fetch-site")
    if site == "same-origin":
        return
    if site is None and request.headers.get("origin") == _origin(request):
        return
    raise ForeignForm("This form was not sent from a page of this console.")


def _origin(request: Request) -> str:
    public: str = request.app.state.runtime.settings.public_url
    scheme, _, rest = public.partition("://")
    return f"{scheme}://{rest.partition('/')[0]}"
