"""A client's part of a plan: what it does in each phase of the run."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from natsim.harness.plan.plan import Operation, Plan, Series, SubscriptionPlan

from .client import WorkloadClient

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    from natsim.harness.history.recorder import Recorder

SECOND_NS = 1_000_000_000


class Program:
    """What one client does. Its coroutines run on the client's own node."""

    def __init__(self, plan: Plan, client: WorkloadClient, now_ns: Callable[[], int]) -> None:
        self.client = client
        self._now_ns = now_ns
        self._barrier_ns = plan.barrier_ns
        self._series = [series for series in plan.series if series.client == client.name]
        self._operations = [op for op in plan.operations if op.client == client.name]

    async def set_up(self) -> bool:
        """Connect and subscribe, unless the plan says when; tell whether the client is ready."""
        if any(operation.kind == "connect" for operation in self._operations):
            return True
        client = self.client
        if not await client.connect(f"{client.name}/connect"):
            return False
        for subscription in client.plan.subscriptions:
            await client.subscribe(f"{subscription.id}/subscribe", subscription)
        return True

    async def work(self, start_ns: int) -> None:
        """Do all operations of the plan, at their times after start_ns."""
        works: list[Coroutine[None, None, None]] = [
            self._do_series(series, start_ns) for series in self._series
        ]
        works.append(self._do_operations(start_ns))
        await asyncio.gather(*works)

    async def prove(self, start_ns: int) -> None:
        """Set barriers at regular times, for ever."""
        count = 0
        while True:
            count += 1
            await self._sleep_until(start_ns + count * self._barrier_ns)
            await self.client.barrier(f"{self.client.name}.flush")
            # A barrier that took long passes over those that were due meanwhile.
            count = max(count, (self._now_ns() - start_ns) // self._barrier_ns)

    async def settle(self) -> bool:
        """Set a barrier once connected; tell whether it was answered."""
        return await self.client.barrier(f"{self.client.name}.settle")

    async def finish(self) -> None:
        """Drain."""
        await self.client.drain(f"{self.client.name}/drain")

    async def _do_series(self, series: Series, start_ns: int) -> None:
        first_ns = start_ns + series.from_ns
        skipped = frozenset(series.skip)
        for number in range(series.count):
            if number in skipped:
                continue
            await self._sleep_until(first_ns + number * series.every_ns)
            op = f"{series.id}/{number}"
            subject = series.subjects[number % len(series.subjects)]
            if series.kind == "publish":
                await self.client.publish(series.id, op, op, subject, series.size)
            else:
                await self.client.request(
                    series.id, op, op, subject, series.size, series.timeout_ns
                )

    async def _do_operations(self, start_ns: int) -> None:
        for operation in self._operations:
            await self._sleep_until(start_ns + operation.at_ns)
            await self.do(operation)

    async def do(self, operation: Operation) -> None:
        """Do one irregular operation."""
        client, op = self.client, operation.id
        match operation.kind:
            case "connect":
                await client.connect(op)
            case "subscribe":
                await client.subscribe(op, _subscription(operation))
            case "unsubscribe":
                await client.unsubscribe(op, operation.sub or "", operation.max_messages)
            case "publish":
                await client.publish(client.name, op, op, operation.subject or "", operation.size)
            case "request":
                await client.request(
                    client.name,
                    op,
                    op,
                    operation.subject or "",
                    operation.size,
                    operation.timeout_ns,
                )
            case "flush":
                await client.barrier(f"{client.name}.flush")
            case "drain":
                await client.drain(op)
            case "close":
                await client.close(op)

    async def _sleep_until(self, at_ns: int) -> None:
        wait_ns = at_ns - self._now_ns()
        if wait_ns > 0:
            await asyncio.sleep(wait_ns / SECOND_NS)


def programs(
    plan: Plan, url: Callable[[str, str], str], recorder: Recorder, now_ns: Callable[[], int]
) -> list[Program]:
    """Make the programs of all clients, in the plan's order."""
    return [
        Program(plan, WorkloadClient(client, url(client.name, client.at), recorder, now_ns), now_ns)
        for client in plan.clients
    ]


def _subscription(operation: Operation) -> SubscriptionPlan:
    return SubscriptionPlan(
        id=operation.sub or operation.id,
        subject=operation.subject or "",
        queue=operation.queue,
        max_messages=operation.max_messages,
    )
