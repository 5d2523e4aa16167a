"""Fitting a document to a class of mappings: what is wrong with it, and what of it can be used.

A part that does not fit is cut out and the rest is tried again, so that the checks that come after
can report their mistakes in the same go.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Generic, TypeVar

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from .document import Document, Place, Value
from .limits import MISTAKES_MAX
from .mistake import Mistake, shortened, shown
from .written import REST, Written

W = TypeVar("W", bound=Written)

_TRIES_MAX = 8
_KEY = "[key]"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fitted(Generic[W]):
    """What fits.

    written: None when too little fits. document: the rest of the document, which written is of.
    spared: keys of the root that are not the user's. mistakes: what did not fit.
    """

    written: W | None
    document: Document
    spared: frozenset[str] = frozenset()
    mistakes: tuple[Mistake, ...] = ()


def fit(model: type[W], document: Document, spare: Mapping[str, Value]) -> Fitted[W]:
    """Fit a document to a class.

    spare: values for keys of the root that are missing or wrong, so that the rest can be checked.
    """
    written, findings = _validated(model, document, None)
    # More than are reported are not put into sentences.
    mistakes = tuple(_mistake(document, details) for details in findings[: MISTAKES_MAX + 1])
    tries = 0
    while written is None and isinstance(document.value, dict) and tries < _TRIES_MAX:
        tries += 1
        cut = {_cut(document, details) for details in findings}
        document = document.without(cut)
        assert isinstance(document.value, dict)
        document = replace(document, value={**spare, **document.value})
        written, findings = _validated(model, document, REST)
    spared = frozenset(key for key in spare if (key,) not in document.keys)
    return Fitted(written=written, document=document, spared=spared, mistakes=mistakes)


def _validated(
    model: type[W], document: Document, context: str | None
) -> tuple[W | None, list[ErrorDetails]]:
    try:
        return model.model_validate(document.value, context=context), []
    except ValidationError as error:
        return None, error.errors(include_url=False)


def _cut(document: Document, details: ErrorDetails) -> Place:
    """Return the place without which the finding would not be."""
    loc = details["loc"]
    return document.nearest(loc[:-1] if loc and loc[-1] == _KEY else loc)


def _mistake(document: Document, details: ErrorDetails) -> Mistake:
    loc = details["loc"]
    text: str = details.get("ctx", {}).get("text", "it does not fit here")
    match details["type"]:
        case "natsim_key":
            return document.wrong_key(loc, text)
        case _ if loc and loc[-1] == _KEY:
            return document.wrong_key(loc[:-1], f"the name is {shown(loc[-2])}; {text}")
        case _:
            place = document.nearest(loc)
            verb = "has" if place and isinstance(place[-1], int) else "is"
            key = next((part for part in reversed(place) if isinstance(part, str)), "the file")
            said = f"{shortened(key)} {verb} {shown(document.at(place))}"
            return document.wrong_value(place, f"{said}; {text}")
