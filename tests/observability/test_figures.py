"""Figures: what alerts and dashboards ask for exists, and every replica and whoever stands beside it is asked."""

import re

import promql_parser
import pytest
import yaml
from prometheus_client import REGISTRY
from prometheus_client.metrics import MetricWrapperBase

from local.databases import SERVICES
from services.insights import clock as insights
from services.notifications.post.courier import DeliveryOutcome
from shared.contracts import BY_TOPIC
from shared.kit import metrics
from tests.compose import ROOT, base
from tests.observability.files import ASKED, EXPRESSIONS, PROMETHEUS, RULES

OTHERS = {
    "node_filesystem_avail_bytes",
    "node_filesystem_size_bytes",
    "probe_success",
    "probe_ssl_earliest_cert_expiry",
    "talentloop_backup_seconds",  # deploy/backup.sh
}


@pytest.mark.parametrize("expression", EXPRESSIONS)
def test_what_is_asked_of_prometheus_can_be_answered(expression):
    known = {sample.name for family in REGISTRY.collect() for sample in family.samples}
    for family in (metrics.PARKED, metrics.SAID, metrics.MAILS, metrics.CLOCK_RUNS, metrics.REQUESTS):
        known.add(f"{family.describe()[0].name}_total")
    known.add("talentloop_http_request_seconds_bucket")

    promql_parser.parse(expression)  # raises on a mistake

    asked = set(re.findall(r"\b(?:talentloop|node|process|probe)_\w+", expression))
    assert asked or "up{" in expression
    assert asked <= known | OTHERS


def test_the_scheduled_work_and_the_topics_that_are_asked_for_exist():
    asked = " ".join(EXPRESSIONS)

    works, topics = (set(re.findall(rf'{label}="([^"]+)"', asked)) for label in ("work", "topic"))
    assert works == {"note_due_rounds"} <= {every.name for every in insights.schedule.entries}
    assert topics == {"answer-overdue", "round-summed-up"} <= set(BY_TOPIC)


def test_the_outcomes_of_mail_that_are_asked_for_occur():
    asked = set(re.findall(r"[a-z]+", " ".join(re.findall(r'outcome!?=~?"([^"]+)"', " ".join(EXPRESSIONS)))))

    assert asked == {"refused", "postponed", "unknown", "kept"}
    assert asked < set(metrics.MAIL_OUTCOMES) == {outcome.value for outcome in DeliveryOutcome}


def test_every_figure_is_documented_and_every_documented_one_exists():
    section = (ROOT / "docs" / "operations.md").read_text().split("| metric | what |")[1].split("\n\n")[0]
    documented = re.findall(r"`(talentloop_\w+)(?:\{(\w+)\})?`", section)
    kit = [value for value in vars(metrics).values() if isinstance(value, MetricWrapperBase)]
    names = {f"{one.describe()[0].name}{'_total' if one.describe()[0].type == 'counter' else ''}": one for one in kit}

    assert sorted(name for name, _ in documented) == sorted(names)
    assert all(label in names[name]._labelnames for name, label in documented if label)


def test_every_service_is_asked_and_every_replica_of_it():
    asked = ASKED

    assert set(asked) == {"global", "rule_files", "alerting", "scrape_configs"}
    assert asked["rule_files"] == ["alerts.yml"]
    by_name = {job["job_name"]: job for job in asked["scrape_configs"]}
    for service in SERVICES:
        (found,) = by_name.pop(service)["dns_sd_configs"]
        assert found == {"names": [service], "type": "A", "port": 8000, "refresh_interval": "15s"}
        assert "edge" in base()["services"][service]["networks"]
    assert all(service in rule.expr for service in SERVICES for rule in RULES if rule.alert == "ServiceDown")
    assert by_name.pop("machine") == {"job_name": "machine", "static_configs": [{"targets": ["node-exporter:9100"]}]}
    assert set(by_name) == {"kafka", "postgres", "certificates"}


PROBED = [job for job in ASKED["scrape_configs"] if job.get("metrics_path") == "/probe"]
BLACKBOX = yaml.safe_load((ROOT / "deploy" / "blackbox" / "blackbox.yml").read_text())


@pytest.mark.parametrize("job", PROBED, ids=lambda job: job["job_name"])
def test_what_is_probed_is_asked_for_by_the_blackbox_exporter_which_can_reach_it(job):
    networks = {name: set(service["networks"]) for name, service in base()["services"].items()}
    targets = [t.split(":")[0] for one in job.get("static_configs", []) for t in one["targets"]]

    assert set(job["params"]["module"]) <= set(BLACKBOX["modules"])
    assert job["relabel_configs"][-1] == {"target_label": "__address__", "replacement": "blackbox-exporter:9115"}
    assert all(networks[target] & networks["blackbox-exporter"] for target in targets)


def test_the_certificates_to_watch_are_a_list_to_fill_in():
    assert PROBED[-1]["file_sd_configs"] == [{"files": ["certificates.yml"]}]
    assert yaml.safe_load((PROMETHEUS / "certificates.yml").read_text()) == []


def test_the_age_of_the_backup_is_what_its_script_writes():
    assert "talentloop_backup_seconds" in (ROOT / "deploy" / "backup.sh").read_text()
    exporter = base()["services"]["node-exporter"]
    assert "--collector.textfile.directory=/figures" in exporter["command"]
    assert "./figures:/figures:ro" in exporter["volumes"]
