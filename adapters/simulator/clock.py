"""The clock of a simulated provider: it stands still until it is moved, and does what is due on the way."""

import heapq
from collections.abc import Callable
from itertools import count

Action = Callable[[], None]


class TimeRunsBackwards(ValueError):
    """The clock was asked to move to a moment before now."""

    def __init__(self, now: int, asked: int) -> None:
        super().__init__(f"the clock stands at {now} and cannot go back to {asked}")
        self.now, self.asked = now, asked


class Clock:
    """Whole seconds since 1970. Actions of one second run in the order they were planned."""

    def __init__(self, start: int) -> None:
        self.now = start
        self._planned: list[tuple[int, int, Action]] = []
        self._numbers = count()

    def at(self, moment: int, action: Action) -> None:
        """Plans an action; one for a moment that has passed runs with the next step."""
        heapq.heappush(self._planned, (moment, next(self._numbers), action))

    def after(self, seconds: int, action: Action) -> None:
        """Plans an action for so many seconds from now."""
        self.at(self.now + seconds, action)

    def step(self, until: int) -> bool:
        """Runs the next action that is due by then, with the clock at its moment. False if there is none."""
        if not self._planned or self._planned[0][0] > until:
            return False
        moment, _, action = heapq.heappop(self._planned)
        self.now = max(self.now, moment)
        action()
        return True

    def run_until(self, moment: int) -> None:
        """Runs all that is due by then, and leaves the clock there. Raises TimeRunsBackwards."""
        if moment < self.now:
            raise TimeRunsBackwards(self.now, moment)
        while self.step(moment):
            pass
        self.now = max(self.now, moment)
