"""What a whole deployment says of itself names nobody: after a story, mails in and out, and what strangers send."""

import asyncio
import re
import smtplib

import httpx
import pytest
from aiokafka import AIOKafkaProducer

from bench.facts import candidate_round, record
from local.databases import SERVICES
from shared.contracts import CandidateRegistered
from tests.deployment.engine import Deployment

pytestmark = pytest.mark.timeout(900)

STRANGER = "zelda.quist@mail.example"
WORDS = "Zelda Quist, +49 151 5550199, was never told why"
REPLY = f"From: Zelda Quist <{STRANGER}>\r\nSubject: {WORDS}\r\nMessage-ID: <{STRANGER}>\r\n\r\n{WORDS}\r\n"
BOUNCE = f"From: MAILER-DAEMON\r\nSubject: failed\r\n\r\n<{STRANGER}>: 550 5.1.1 <{STRANGER}>: {WORDS}\r\n"
HOSTILE = f'From: "boundary=auto-replied@?=. ,/%{STRANGER}\r\nContent-Type: multipart/mixed\r\n\r\n{WORDS}\r\n'
BROKEN = f'{{"candidate": "c0", "name": "{WORDS}", "email": "{STRANGER}", "language": 7, "{STRANGER}": 1}}'
_ADDRESS = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)*\.[a-z]{2,}")
_PEOPLE = """
    SELECT DISTINCT x FROM facts, LATERAL (VALUES (body->>'name'), (body->>'email'), (body->>'phone')) v(x)
    WHERE organization = 'halden' AND topic IN ('candidate-registered', 'user-registered') AND x IS NOT NULL
"""


@pytest.fixture
async def after_strangers(deployment: Deployment, story, platform) -> Deployment:
    """Mails that are answers, bounces, hostile or for nobody; broken records; requests that tell too much."""
    letters = deployment.mails()
    with smtplib.SMTP("127.0.0.1", deployment.port("notifications", 2525)) as smtp:
        for number, mail in enumerate((REPLY, BOUNCE, HOSTILE)):
            bounces = letters[number]["envelope"]["from"]["address"]
            for to in (bounces, bounces.replace("b+", "r+", 1)):
                smtp.sendmail(STRANGER, [to], mail)
        smtp.docmd("VRFY", STRANGER)
        smtp.docmd("MAIL FROM:", f"<{STRANGER}> SIZE=x")
        with pytest.raises(smtplib.SMTPException):
            smtp.sendmail(STRANGER, [STRANGER], REPLY)
    [event] = [event for event in candidate_round(0) if isinstance(event, CandidateRegistered)]
    told = record(event, "calm")
    async with AIOKafkaProducer(**platform.client()) as producer:
        for value in (BROKEN.removesuffix("}"), BROKEN):
            await producer.send_and_wait(told.topic, value.encode(), told.key, headers=list(told.headers))
    await asyncio.to_thread(ask_too_much, deployment)
    await asyncio.to_thread(platform.settle)
    return deployment


def ask_too_much(deployment: Deployment) -> None:
    for service in SERVICES:
        for path in (f"/candidates?text={STRANGER}", f"/candidates/{STRANGER}", f"/me/{STRANGER}"):
            httpx.get(f"http://127.0.0.1:{deployment.port(service)}{path}")


async def test_no_log_names_anybody(after_strangers):
    deployment = after_strangers
    logs = deployment.heard + deployment.logs(*SERVICES, "migrate", "topics", "kafka", "postgres")
    people = {name for service in SERVICES for name in deployment.query(service, _PEOPLE)}

    assert set(_ADDRESS.findall(logs)) == set()
    assert [name for name in (*people, WORDS, "Zelda", "Quist", "5550199") if name in logs] == []
    assert len(people) > 20
