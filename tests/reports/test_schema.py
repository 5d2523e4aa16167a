"""The published schemas describe what is written, no less and no more."""

import json
from dataclasses import fields
from pathlib import Path
from typing import Any

import jsonschema
import pytest

import natsim.reports
from natsim.reports import campaign, document
from natsim.reports.campaign import load_campaign
from natsim.reports.document import to_json
from natsim.reports.run import load_run

SCHEMAS = Path(natsim.reports.__file__).parent / "schemas"


def schema(name: str) -> dict[str, Any]:
    return json.loads((SCHEMAS / name).read_text())


@pytest.mark.parametrize("run", ["healthy_run", "invalid_run", "interrupted_run", "empty_run"])
def test_report_json_is_valid(run: str, request: pytest.FixtureRequest) -> None:
    directory: Path = request.getfixturevalue(run)

    jsonschema.validate(json.loads(to_json(load_run(directory))), schema("report-1.json"))


def test_campaign_json_is_valid(tmp_path: Path) -> None:
    (tmp_path / "campaign.jsonl").write_text(
        '{"seed": 1, "verdict": "invalid", "cpu_s": 0.5, "anomalies": {"loss": 2}}\n'
        '{"seed": 2, "verdict": "unknown", "cpu_s": 0.5, "scenario": "a"}\n'
    )

    jsonschema.validate(json.loads(to_json(load_campaign(tmp_path))), schema("campaign-1.json"))


@pytest.mark.parametrize(
    ("module", "root", "name"),
    [(document, "RunDocument", "report-1.json"), (campaign, "CampaignDocument", "campaign-1.json")],
)
def test_a_schema_names_the_keys_of_every_class(module: object, root: str, name: str) -> None:
    published = schema(name)
    parts = published["$defs"] | {root: published}

    for title, part in parts.items():
        keys = [field.name for field in fields(getattr(module, title))]
        assert (title, part["required"], list(part["properties"])) == (title, keys, keys)
