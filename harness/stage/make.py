"""Making the stage that a user asks for by name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .base import StageName

if TYPE_CHECKING:
    from pathlib import Path

    from natsim.harness.plan.plan import Plan

    from .base import Stage


def make_stage(name: StageName, plan: Plan, server: str | None, logs: Path) -> Stage:
    """Make a stage for a plan.

    server: path of a nats-server, for the stage of that name. logs: where servers may write.
    Raises StageUnavailable when there is no such server.
    """
    if name is StageName.SIM:
        from .sim import SimStage

        return SimStage(plan)
    from .executable import find_nats_server
    from .processes import ProcessStage

    executable = find_nats_server(server) if name is StageName.NATS_SERVER else None
    return ProcessStage(plan, executable, logs)


def check_stage(name: StageName, plan: Plan, server: str | None) -> list[str]:
    """Say what of a plan a stage cannot do, before anything is written or started.

    Raises StageUnavailable when the stage cannot be had at all.
    """
    if name is StageName.SIM:
        from .sim import refusals

        return refusals(plan)
    from .executable import find_nats_server, server_version
    from .processes import refusals as process_refusals

    if name is StageName.NATS_SERVER:
        server_version(find_nats_server(server))
    return process_refusals(plan)
