"""Chance of a simulated provider, drawn from its seed."""

from random import Random


class Chances:
    """One source of chance per purpose, so that what is drawn for one does not move another."""

    def __init__(self, seed: str) -> None:
        self._seed = seed
        self._by_purpose: dict[str, Random] = {}

    def of(self, purpose: str) -> Random:
        """The source for this purpose: it begins the same for the same seed."""
        if purpose not in self._by_purpose:
            self._by_purpose[purpose] = Random(f"{self._seed}/{purpose}")
        return self._by_purpose[purpose]
