"""The organisation's own words to many people: looked at as letters are, before anybody reads them."""

from collections.abc import Sequence

from services.notifications.api.lint import shown
from services.notifications.sql.organizations import list_names
from shared.kit.db import Connection
from shared.lint import LANGUAGES, knows, reads_as
from shared.web.linting import lint_aside
from shared.web.problems import Problem


async def refuse_findings(
    conn: Connection,
    organization: str,
    words: Sequence[str],
    language: str,
    *,
    unknown: type[Problem],
    found: type[Problem],
) -> None:
    """Raise `unknown` where there is no word list of the language, `found` where the lint finds something.

    Also where the words read as another language: its list would find nothing in them.
    """
    if not knows(language):
        raise unknown(f"There is no word list for {language}: write in one of {', '.join(LANGUAGES)}.")
    if not reads_as(" ".join(words), language):
        raise found(f"This reads as another language than {language}: say which one it is.", findings=[])
    names = await list_names(conn, organization)
    if findings := await lint_aside(words, language, names):
        codes = ", ".join(sorted({f.code for f in findings}))
        told = [shown(f).model_dump(mode="json") for f in findings]
        raise found(f"The lint found {codes}: say it otherwise.", findings=told)
