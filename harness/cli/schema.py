"""`natsim schema`: print the JSON Schema of a file format, for editors."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from collections.abc import Mapping

FORMATS = ("scenario", "plan", "history")


@click.command()
@click.argument("file_format", metavar="FORMAT", type=click.Choice(FORMATS))
def command(file_format: str) -> None:
    """Print the JSON Schema of FORMAT: scenario, plan or history (of one line).

    For an editor with the YAML language server, save it and begin your file with the line
    `# yaml-language-server: $schema=scenario.schema.json`.
    """
    click.echo(json.dumps(_schema(file_format), indent=2))


def _schema(file_format: str) -> Mapping[str, object]:
    if file_format == "scenario":
        from natsim.scenarios.editor import json_schema

        return json_schema()
    if file_format == "plan":
        from natsim.harness.plan.schema import plan_json_schema

        return plan_json_schema()
    from natsim.harness.history.json_schema import line_schema

    return line_schema()
