"""Searches that were cut short."""


class Bounds:
    """Says in words which searches were cut short: what was found there holds for the part that was searched."""

    def __init__(self) -> None:
        self.reached: list[str] = []
