"""A plan is a scenario with its seed spent: every operation and every fault, explicit.

The plan, not the seed, is the artefact: it is printed, edited, replayed, shrunk, attached to
issues. Laws of the folder: a plan is never changed once made; times are nanoseconds since the
workload began; the id of an operation or fault never changes meaning when others are removed.
"""

from .digest import digest
from .dump import dump_plan, plan_text
from .expand import expand
from .load import is_plan, load_any, load_plan
from .plan import Plan
from .schema import plan_json_schema

__all__ = [
    "Plan",
    "digest",
    "dump_plan",
    "expand",
    "is_plan",
    "load_any",
    "load_plan",
    "plan_json_schema",
    "plan_text",
]
