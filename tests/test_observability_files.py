"""What Prometheus and Grafana are given, read strictly: known fields only, alerts as promised, every figure exists."""

import json
import re
from typing import Annotated, Literal

import promql_parser
import pytest
import yaml
from prometheus_client import REGISTRY
from prometheus_client.metrics import MetricWrapperBase
from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

from local.databases import SERVICES
from services.insights import clock as insights
from services.notifications.post.courier import DeliveryOutcome
from shared.contracts import BY_TOPIC
from shared.kit import metrics
from tests.compose import ROOT, base

PROMETHEUS, GRAFANA = ROOT / "deploy" / "prometheus", ROOT / "deploy" / "grafana"


class Strict(BaseModel):
    """Nothing that the program behind the file would not know."""

    model_config = ConfigDict(extra="forbid", strict=True, alias_generator=to_camel)


class Labels(Strict):
    severity: Literal["critical", "warning"]


class Annotations(Strict):
    summary: str
    runbook: Annotated[str, Field(pattern=r"^docs/operations\.md#[a-z]+$")]


class Rule(Strict):
    alert: Annotated[str, Field(pattern=r"^[A-Z][A-Za-z]+$")]
    expr: str
    for_: str = Field(default="0s", alias="for", pattern=r"^\d+[smh]$")
    labels: Labels
    annotations: Annotations


class Group(Strict):
    name: str
    rules: list[Rule]


class Alerts(Strict):
    groups: Annotated[list[Group], Field(min_length=1, max_length=1)]


class Position(Strict):
    x: Annotated[int, Field(ge=0, lt=24)]
    y: Annotated[int, Field(ge=0)]
    w: Annotated[int, Field(gt=0, le=24)]
    h: Annotated[int, Field(gt=0)]


class Source(Strict):
    type: Literal["prometheus"]
    uid: Literal["prometheus"]


class Target(Strict):
    ref_id: Annotated[str, Field(pattern=r"^[A-Z]$")]
    expr: str
    legend_format: str


class Defaults(Strict):
    unit: Literal["ops", "short", "s", "bytes", "percentunit", "reqps"]
    min: int = 0
    max: int | None = None


class FieldConfig(Strict):
    defaults: Defaults
    overrides: Annotated[list[str], Field(max_length=0)]


class Row(Strict):
    id: int
    type: Literal["row"]
    title: str
    grid_pos: Position
    collapsed: Literal[False]
    panels: Annotated[list[str], Field(max_length=0)]
    targets: tuple[Target, ...] = ()


class Graph(Strict):
    id: int
    type: Literal["timeseries"]
    title: str
    description: str
    datasource: Source
    grid_pos: Position
    field_config: FieldConfig
    targets: Annotated[list[Target], Field(min_length=1)]


class Span(Strict):
    from_: str = Field(alias="from")
    to: str


class Dashboard(Strict):
    uid: str
    title: str
    tags: list[str]
    timezone: Literal["browser"]
    schema_version: int
    refresh: str
    time: Span
    panels: list[Annotated[Row | Graph, Field(discriminator="type")]]


class Chosen(Strict):
    """The source that whoever imports the file chooses."""

    type: Literal["grafana-postgresql-datasource"]
    uid: Literal["${DS_ROUNDS}"]


class Query(Strict):
    ref_id: Annotated[str, Field(pattern=r"^[A-Z]$")]
    datasource: Chosen
    format: Literal["table"]
    raw_query: Literal[True]
    raw_sql: str


class Unit(Strict):
    unit: Literal["percentunit", "h"] | None = None


class Drawn(Strict):
    defaults: Unit
    overrides: Annotated[list[str], Field(max_length=0)]


class Panel(Strict):
    id: int
    type: Literal["table", "barchart"]
    title: str
    datasource: Chosen
    grid_pos: Position
    field_config: Drawn
    options: Annotated[dict[str, str], Field(max_length=0)]
    targets: Annotated[list[Query], Field(min_length=1, max_length=1)]


class AskedOnImport(Strict):
    name: Literal["DS_ROUNDS"]
    label: str
    type: Literal["datasource"]
    plugin_id: Literal["grafana-postgresql-datasource"]
    plugin_name: Literal["PostgreSQL"]


class Importable(Strict):
    """A dashboard that a person imports: Grafana asks for its sources."""

    inputs: Annotated[list[AskedOnImport], Field(alias="__inputs", min_length=1, max_length=1)]
    uid: str
    title: str
    tags: list[str]
    editable: bool
    schema_version: int
    time: Span
    panels: list[Panel]


RULES = Alerts.model_validate(yaml.safe_load((PROMETHEUS / "alerts.yml").read_text())).groups[0].rules
DASHBOARD = Dashboard.model_validate(json.loads((GRAFANA / "dashboards" / "talentloop.json").read_text()))
ROUNDS = Importable.model_validate(json.loads((ROOT / "examples" / "grafana" / "rounds.json").read_text()))
ASKED = yaml.safe_load((PROMETHEUS / "prometheus.yml").read_text())
EXPRESSIONS = [rule.expr for rule in RULES] + [t.expr for panel in DASHBOARD.panels for t in panel.targets]
OTHERS = {
    "node_filesystem_avail_bytes",
    "node_filesystem_size_bytes",
    "probe_success",
    "probe_ssl_earliest_cert_expiry",
    "talentloop_backup_seconds",  # deploy/backup.sh
}

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


@pytest.mark.parametrize("dashboard", [DASHBOARD, ROUNDS], ids=lambda d: d.uid)
def test_panels_have_a_place_of_their_own(dashboard):
    places = [
        (panel.grid_pos.x + x, panel.grid_pos.y + y)
        for panel in dashboard.panels
        for x in range(panel.grid_pos.w)
        for y in range(panel.grid_pos.h)
    ]

    assert len(set(places)) == len(places)
    assert max(x for x, _ in places) < 24
    assert len({panel.id for panel in dashboard.panels}) == len(dashboard.panels)


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


def test_the_age_of_the_backup_is_what_its_script_writes():
    assert "talentloop_backup_seconds" in (ROOT / "deploy" / "backup.sh").read_text()
    exporter = base()["services"]["node-exporter"]
    assert "--collector.textfile.directory=/figures" in exporter["command"]
    assert "./figures:/figures:ro" in exporter["volumes"]


def test_grafana_finds_its_source_and_its_dashboard():
    provisioning = GRAFANA / "provisioning"
    sources = yaml.safe_load((provisioning / "datasources" / "prometheus.yml").read_text())
    boards = yaml.safe_load((provisioning / "dashboards" / "talentloop.yml").read_text())
    mounted = dict(volume.split(":")[:2] for volume in base()["services"]["grafana"]["volumes"])

    source = {"name": "Prometheus", "uid": "prometheus", "type": "prometheus", "isDefault": True}
    assert sources == {"apiVersion": 1, "datasources": [{**source, "url": "http://prometheus:9090"}]}
    folder = {"path": "/etc/grafana/dashboards"}
    assert boards == {"apiVersion": 1, "providers": [{"name": "talentloop", "type": "file", "options": folder}]}
    assert mounted["./deploy/grafana/dashboards"] == folder["path"]
    assert mounted["./deploy/grafana/provisioning"] == "/etc/grafana/provisioning"
