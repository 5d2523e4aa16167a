"""The plan, for display only: its text, and its own words for each fault."""

import json
from dataclasses import dataclass

import yaml

from .fields import Json, Object, list_at, object_at, object_in, parse_json, text_at
from .files import Files, read_start
from .legible import legible_json, legible_line, legible_text
from .limits import NAME_MAX, PLAN_BYTES_MAX, PLAN_TEXT_MAX, WORDS_MAX
from .words import in_words

_FILE = "plan.yaml"
_KINDS = ("partition", "kill", "power", "pause", "exit", "slow-link")
_NESTING_MAX = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedFault:
    """A fault as the plan has it; names: every text in it, and the parts around hyphens."""

    kind: str
    words: str
    names: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanShown:
    """What a report needs of a plan. faults: by id, in the plan's order."""

    text: str | None
    scenario: str | None
    seed: str | None
    servers: tuple[str, ...]
    faults: dict[str, PlannedFault]


def read_plan(files: Files) -> PlanShown:
    """Read plan.yaml as plain data; whatever cannot be understood is left out."""
    path = files.find(_FILE)
    if path is None:
        return PlanShown(text=None, scenario=None, seed=None, servers=(), faults={})
    text = read_start(path, PLAN_BYTES_MAX)
    plan = _parse(text, files)
    shown = legible_text(text, PLAN_TEXT_MAX)
    if len(text) > PLAN_TEXT_MAX:
        files.remark(f"{_FILE} is long; only its beginning is shown.")
    return PlanShown(
        text=shown,
        scenario=text_at(plan, "scenario"),
        seed=text_at(plan, "seed"),
        servers=tuple(legible_line(name, NAME_MAX) for name in object_at(plan, "servers")),
        faults=_faults_of(plan),
    )


def _parse(text: str, files: Files) -> Object:
    try:
        if len(text) < PLAN_BYTES_MAX and _is_tame(text):
            # The base loader leaves each scalar as it is written: nothing to misunderstand.
            value: object = yaml.load(text, Loader=yaml.CBaseLoader)
            return object_in(parse_json(json.dumps(value)))
    except (yaml.YAMLError, ValueError):
        pass
    files.remark(f"{_FILE} cannot be parsed; it is shown as it is.")
    return {}


def _is_tame(text: str) -> bool:
    # The C loader builds by recursion and overruns its stack (a crash, no exception) on some
    # ten thousand brackets; its stream of events does not. An alias may contain itself.
    loader = yaml.CBaseLoader(text)
    depth = 0
    event = loader.get_event()
    while not isinstance(event, yaml.StreamEndEvent):
        depth += isinstance(event, yaml.CollectionStartEvent)
        depth -= isinstance(event, yaml.CollectionEndEvent)
        if depth > _NESTING_MAX or isinstance(event, yaml.AliasEvent):
            return False
        event = loader.get_event()
    return True


def _faults_of(plan: Object) -> dict[str, PlannedFault]:
    faults: dict[str, PlannedFault] = {}
    for item in list_at(plan, "faults"):
        fault = object_in(legible_json(item, WORDS_MAX))
        name = text_at(fault, "id")
        if name is None:
            continue
        rest: dict[str, Json] = {key: value for key, value in fault.items() if key != "id"}
        faults[name] = PlannedFault(
            kind=next((kind for kind in _KINDS if kind in rest), "fault"),
            words=legible_line(in_words(rest), WORDS_MAX),
            names=frozenset(_texts_of(rest)),
        )
    return faults


def _texts_of(value: Json) -> list[str]:
    match value:
        case str():
            return [value, *value.split("-")]
        case list():
            return [text for item in value for text in _texts_of(item)]
        case dict():
            return [text for item in value.values() for text in _texts_of(item)]
        case _:
            return []
