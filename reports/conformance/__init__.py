"""Reports of the conformance suite: one `conformance.json` in, pages, XML, Markdown and lines out.

The laws of the reports folder hold here too. The document may be damaged or written by a stranger:
what is wrong reads as absent, a missing grade as unknown, and a remark says so.
"""

from .document import Conformance
from .load import load_conformance
from .terminal import print_conformance
from .write import write_conformance

__all__ = ["Conformance", "load_conformance", "print_conformance", "write_conformance"]
