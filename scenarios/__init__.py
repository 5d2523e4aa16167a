"""Scenarios as users write them: the typed schema, the loader, and the library of examples."""

from .editor import json_schema
from .load import load_scenario, parse_scenario
from .mistake import Mistake, RuleError, ScenarioError
from .scenario import Scenario
from .shelf import library

__all__ = [
    "Mistake",
    "RuleError",
    "Scenario",
    "ScenarioError",
    "json_schema",
    "library",
    "load_scenario",
    "parse_scenario",
]
