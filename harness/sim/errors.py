"""What can go wrong in a simulated world that is no fault of the program in it."""


class SimulationError(Exception):
    """Base of the errors of the simulated world."""


class NotSimulated(SimulationError):
    """The program asked for something that the simulated world does not have."""


class Deadlock(SimulationError):
    """Nothing is left to happen, and the awaited result has not come.

    waiting: the names of the tasks that wait for ever.
    """

    def __init__(self, waiting: tuple[str, ...]) -> None:
        super().__init__(f"nothing is left to happen; waiting: {', '.join(waiting) or 'no task'}")
        self.waiting = waiting


class Livelock(SimulationError):
    """Very many steps were taken without virtual time moving on.

    at_ns: the instant. steps: how many. busy: the names of the tasks that kept running.
    """

    def __init__(self, at_ns: int, steps: int, busy: tuple[str, ...]) -> None:
        names = ", ".join(busy) or "no task"
        super().__init__(f"{steps:,} steps at {at_ns} ns without time moving on; busy: {names}")
        self.at_ns = at_ns
        self.steps = steps
        self.busy = busy
