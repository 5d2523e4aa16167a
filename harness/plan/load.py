"""Reading a plan: from its file or files to a plan, or to all of their mistakes."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import cast

from natsim.scenarios.document import Document, Mark, Value
from natsim.scenarios.fit import fit
from natsim.scenarios.inspection import Inspection
from natsim.scenarios.limits import OPERATIONS_MAX
from natsim.scenarios.load import scenario_of, without_echoes
from natsim.scenarios.mistake import Mistake, ScenarioError, in_order
from natsim.scenarios.scenario import Scenario
from natsim.scenarios.yaml_file import parse_yaml, read_text

from .build import build_plan
