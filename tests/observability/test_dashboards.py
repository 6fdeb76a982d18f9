"""Dashboards: Grafana finds them, and their panels have a place."""

import pytest
import yaml

from tests.compose import base
from tests.observability.files import DASHBOARD, GRAFANA, ROUNDS


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
