"""HTTP in one container, everything else of the same service in another."""

import pytest

from tests.deployment.engine import documented

pytestmark = pytest.mark.timeout(900)


@pytest.fixture
def apart(deployment):
    """The manual's own file."""
    (deployment.folder / "parts.yml").write_text("\n".join(documented("HTTP apart from events")))
    deployment.use("parts.yml")
    deployment.do("up", "--detach", "--wait")
    yield deployment
    deployment.use()
    deployment.do("up", "--detach", "--wait", "--remove-orphans")


async def test_http_and_events_of_a_service_live_in_two_containers(apart, platform, calm):
    (events,) = apart.containers("candidates-events")
    told = apart.python(
        "candidates-events", "import urllib.request as u; print(u.urlopen('http://127.0.0.1:8000/ready').read())"
    )

    await platform.tell_everything("apart")

    assert await platform.outcome("apart") == calm
    assert await platform.said_twice("apart") == {}
    assert set(apart.ready("candidates")["parts"]) == {"database"}
    assert all(part in told.stdout for part in ("consumer", "relay", "clock"))
    assert not events["HostConfig"]["PortBindings"]
