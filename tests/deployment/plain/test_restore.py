"""What is lost comes back: the database's volume, containers, Kafka's volume. By the manual's own commands."""

import pytest

from local.databases import LISTENING, SERVICES
from shared.kit.ids import new_cluster_id
from tests.deployment.engine import documented
from tests.deployment.platform import Platform

pytestmark = pytest.mark.timeout(900)

STORY = "halden"


def kept(deployment, platform, *organizations: str) -> dict:
    """What is stored and derived of these, and how many mails there are."""
    names = ", ".join(f"'{organization}'" for organization in organizations)
    statement = f"SELECT organization, count(*) FROM facts WHERE organization IN ({names}) GROUP BY 1 ORDER BY 1"  # noqa: S608
    return {
        "facts": {service: deployment.query(service, statement) for service in SERVICES},
        "state": {organization: platform.state(organization) for organization in organizations},
        "mails": len(deployment.mails()),
    }


async def test_a_database_that_lost_its_volume_comes_back_and_catches_up(deployment, story, platform, calm):
    deployment.follow(*documented("Backups"))
    await platform.tell_everything("later")
    assert await platform.outcome("later") == calm
    before = kept(deployment, platform, "calm", STORY)
    clocks = {service: deployment.query(service, "SELECT now_at FROM clock")[0] for service in SERVICES}

    deployment.do("rm", "--force", "--stop", "postgres", "migrate")
    deployment.lose_volume("postgres")
    *restore, start = documented("Backups", 3)
    deployment.follow(*restore)
    assert platform.facts("later") == dict.fromkeys(LISTENING, 0)
    for service, now in clocks.items():  # a demo's clock is no part of a backup
        deployment.query(service, f"INSERT INTO clock (now_at) VALUES ('{now}')")  # noqa: S608
    deployment.follow(start)

    assert await platform.outcome("later") == calm
    assert kept(deployment, platform, "calm", STORY) == before
    assert before["mails"] >= story["delivered"]  # other tests have mails of their own in the catcher
    assert await platform.said_twice("later") == {}


def test_a_backup_is_for_its_owner_only(deployment):
    """Without `--user`, the container's own user may not read it; it says so, and nothing changes."""
    mount = ("--volume", f"{deployment.folder}/backups:/backups")

    refused = deployment.compose("run", "--rm", "-T", *mount, "migrate", "talentloop", "restore", "/backups", "--yes")

    assert refused.returncode == 2
    assert "User 10001 may not read /backups/interviews.zip: run this as its owner" in refused.stdout + refused.stderr


def test_down_and_up_again_keeps_everything(deployment, platform, calm):
    before = kept(deployment, platform, "calm", STORY)

    deployment.down()
    deployment.up()
    platform.settle()

    assert kept(deployment, platform, "calm", STORY) == {**before, "mails": 0}  # the mail catcher keeps none


async def test_a_lost_kafka_is_filled_again(deployment, platform, calm):
    stop, remove, _, *fill = documented("When Kafka's volume is lost")
    deployment.follow(stop, remove.replace("talentloop_kafka", f"{deployment.name}_kafka"))
    deployment.set(KAFKA_CLUSTER_ID=new_cluster_id())
    deployment.follow(*fill)
    again = Platform(deployment)
    await again.tell_everything("anew")

    assert await again.outcome("anew") == calm
    assert await again.outcome("calm") == calm
    assert await again.said_twice("calm") == {}
