"""The files that Prometheus and Grafana are given, read strictly: nothing that the programs would not know."""

import json
from typing import Annotated, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

from tests.compose import ROOT

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
