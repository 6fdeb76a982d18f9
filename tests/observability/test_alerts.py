"""Alerts: as promised, each with its runbook, and they reach somebody."""

import re

import pytest
import yaml

from tests.compose import ROOT, base
from tests.observability.files import ASKED, RULES

# Alert -> its threshold, how long it must hold, how bad it is.
PROMISED = {
    "ServiceDown": ("== 0", "1m", "critical"),
    "NoProgress": ("[1m])) == 0", "1m", "critical"),
    "BacklogStuck": ("[1m]) == 0", "0s", "critical"),
    "FallingBehind": ("> 300", "1m", "warning"),
    "OutboxStuck": ("> 60", "1m", "critical"),
    "NewDeadLetterCode": ("offset 1h", "0s", "warning"),
    "ManyParked": ("> 0.01", "0s", "warning"),
    "MailFails": ("> 0.05", "5m", "critical"),
    "SenderRefused": (">= 5", "0s", "critical"),
    "PromiseBroken": ("> 0", "0s", "warning"),
    "RoundsStandStill": ("[15m])) == 0", "5m", "warning"),
    "DiskFillsUp": ("< 0.15", "5m", "critical"),
    "KafkaDown": ("absent(", "1m", "critical"),
    "PostgresDown": ("absent(", "1m", "critical"),
    "CertificateEnds": ("< 14 * 86400", "5m", "warning"),
    "BackupTooOld": ("> 26 * 3600", "15m", "warning"),
}


def test_the_alerts_are_the_ones_that_are_promised():
    assert [rule.alert for rule in RULES] == list(PROMISED)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.alert)
def test_an_alert_fires_when_it_is_promised_to(rule):
    threshold, holds, severity = PROMISED[rule.alert]

    assert threshold in rule.expr
    assert (rule.for_, rule.labels.severity) == (holds, severity)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.alert)
def test_an_alert_names_only_what_its_expression_keeps(rule):
    named = set(re.findall(r"\$labels\.(\w+)", rule.annotations.summary))
    kept = re.findall(r"by \(([^)]+)\)", rule.expr)

    assert all(named <= set(re.findall(r"\w+", labels)) for labels in kept)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.alert)
def test_every_alert_has_its_runbook(rule):
    file, _, anchor = rule.annotations.runbook.partition("#")
    headings = re.findall(r"^#+ (.+)$", (ROOT / file).read_text(), re.MULTILINE)

    assert anchor == rule.alert.lower()
    assert anchor in {heading.lower().replace(" ", "-") for heading in headings}


def test_a_replica_that_stands_still_is_not_hidden_by_one_that_works():
    (rule,) = (rule for rule in RULES if rule.alert == "NoProgress")

    assert rule.expr.count("sum by (job, instance)") == 2


def test_alerts_reach_the_receiver_that_the_operator_names():
    manager = yaml.safe_load((ROOT / "deploy" / "alertmanager" / "alertmanager.yml").read_text())
    service = base()["services"]["alertmanager"]
    [receiver] = manager["receivers"]

    assert ASKED["alerting"] == {"alertmanagers": [{"static_configs": [{"targets": ["alertmanager:9093"]}]}]}
    assert receiver["webhook_configs"] == [{"url_file": "/run/secrets/alerts_webhook", "send_resolved": True}]
    assert {manager["route"]["receiver"], *(r["receiver"] for r in manager["route"]["routes"])} == {receiver["name"]}
    assert service["secrets"] == ["alerts_webhook"]
    assert "prometheus" in base()["services"]
    assert set(service["networks"]) & set(base()["services"]["prometheus"]["networks"])
