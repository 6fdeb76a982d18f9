"""No secret shows anywhere, after everything that the files before this one did."""

import json
import secrets
import subprocess

import pytest

from local.databases import SERVICES
from tests.deployment.engine import secrets_of

pytestmark = pytest.mark.timeout(900)


@pytest.fixture
def smtp_password(deployment):
    """A mail server that wants a password, and does not speak TLS, as the mail catcher is: every letter fails there."""
    password = secrets.token_urlsafe(24)
    before = deployment.rewrite("smtp_url", f"smtp://talentloop:{password}@maildev:1025")
    deployment.do("up", "--detach", "--wait", "--no-deps", "--force-recreate", "notifications")
    yield password
    deployment.rewrite("smtp_url", before)
    deployment.do("up", "--detach", "--wait", "--no-deps", "--force-recreate", "notifications")


def test_no_secret_shows(deployment, story, calm, smtp_password):
    shown = {
        "docker inspect": json.dumps(deployment.containers()),
        "logs": deployment.heard + deployment.logs(),
        "ready": json.dumps([deployment.ready(service) for service in SERVICES]),
        "metrics": "".join(deployment.get(service, "/metrics") for service in SERVICES),
        "compose config": deployment.do("--profile", "*", "config"),
        "image": subprocess.run(
            ["docker", "history", "--no-trunc", "talentloop:0.1.0"], capture_output=True, text=True, check=True
        ).stdout,
    }
    hidden = {**secrets_of(deployment), "smtp_password": smtp_password}

    assert [(place, name) for name, value in hidden.items() for place in shown if value in shown[place]] == []
    assert len(hidden) > 15
    assert all(len(text) > 100 for text in shown.values())
