"""`talentloop login`: a token that services of this home accept, and nobody else's business."""

import json
import stat

from joserfc import jwt
from joserfc.jwk import KeySet

from tests.programs import talentloop


def test_the_token_is_signed_by_the_key_that_services_are_told(tmp_path):
    answer = talentloop("login", "--role", "recruiter", "--organization", "halden", "--user", "ines", home=tmp_path)

    keys = KeySet.import_key_set(json.loads((tmp_path / "jwks.json").read_text()))
    claims = jwt.decode(answer.stdout.strip(), keys).claims
    assert (claims["sub"], claims["organization"], claims["roles"]) == ("ines", "halden", ["recruiter"])


def test_several_roles_stand_in_one_token(tmp_path):
    answer = talentloop("login", "--role", "recruiter", "--role", "admin", home=tmp_path)

    keys = KeySet.import_key_set(json.loads((tmp_path / "jwks.json").read_text()))
    assert jwt.decode(answer.stdout.strip(), keys).claims["roles"] == ["recruiter", "admin"]


def test_the_private_key_is_for_this_user_only(tmp_path):
    talentloop("login", "--role", "admin", home=tmp_path)

    mode = stat.S_IMODE((tmp_path / "issuer.json").stat().st_mode)

    assert mode == 0o600
    assert "d" not in json.loads((tmp_path / "jwks.json").read_text())["keys"][0]


def test_an_unknown_role_is_the_users_mistake(tmp_path):
    answer = talentloop("login", "--role", "emperor", home=tmp_path)

    assert answer.returncode == 2
    assert "recruiter" in answer.stderr


def test_beside_a_real_issuer_there_is_no_local_one(tmp_path):
    answer = talentloop("login", "--role", "admin", home=tmp_path, OIDC_ISSUER="https://login.example")

    assert answer.returncode == 2
    assert answer.stdout == ""
