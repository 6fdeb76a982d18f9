"""`talentloop login`: a token of the local issuer."""

import os
from pathlib import Path
from typing import Annotated

import typer

from cli.errors import UserMistake
from local.issuer import ISSUER, issue_token, read_key, sign_token
from local.stack import home_folder
from shared.web.roles import Role


def login(
    role: Annotated[list[Role], typer.Option("--role", help="What the token may do; may be given several times.")],
    organization: Annotated[str, typer.Option(help="The tenant.")] = "acme",
    user: Annotated[str | None, typer.Option(help="Who it is; the role's name unless given.")] = None,
) -> None:
    """Print a bearer token for the stack on this machine, good for twelve hours.

    Example: curl -H "Authorization: Bearer $(talentloop login --role recruiter)" "$INTERVIEWS_URL/jobs"
    """
    _refuse_beside_a_real_issuer()
    roles = [one.value for one in role]
    print(_sign(user=user or roles[0], organization=organization, roles=roles))


def _sign(*, user: str, organization: str, roles: list[str]) -> str:
    if deployed := os.environ.get("ISSUER_KEY_FILE"):  # a deployment made by `init-deployment --demo`
        return sign_token(read_key(Path(deployed)), user=user, organization=organization, roles=roles)
    home = home_folder()
    home.mkdir(parents=True, exist_ok=True)
    return issue_token(home, user=user, organization=organization, roles=roles)


def _refuse_beside_a_real_issuer() -> None:
    issuer = os.environ.get("OIDC_ISSUER")
    if issuer and issuer != ISSUER:
        raise UserMistake(
            f"OIDC_ISSUER is set to {issuer}: log in there. `talentloop login` is for the local stack only."
        )
    if os.environ.get("TALENTLOOP_ENV") == "production":
        raise UserMistake("TALENTLOOP_ENV is production: the local issuer is for development and the demo only.")
