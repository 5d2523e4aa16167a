"""The modes, a family a file; importing this puts them all into the table."""

from tests.quality.planted.mode import HEALTHY, MODES, Mode

from . import deliveries, wildcards

__all__ = ["HEALTHY", "MODES", "Mode", "deliveries", "wildcards"]
