"""Models that were decoded lately: a large company's is read from megabytes, and never changes under its number."""

from collections import OrderedDict
from typing import Final

from domain.company import CompanyId
from domain.matching.model import ModelSnapshot

MODELS_MAX: Final = 16
"""So many are held, those asked for last."""

ModelKey = tuple[CompanyId, int, str]
"""The company, the number of its model, and the digest that the store has of it."""


class DecodedModels:
    """Whoever asks has looked up the digest, so that what the store no longer has is no longer found here."""

    def __init__(self) -> None:
        self._models: OrderedDict[ModelKey, ModelSnapshot] = OrderedDict()

    def of(self, key: ModelKey) -> ModelSnapshot | None:
        """The model, if it is held."""
        model = self._models.get(key)
        if model is not None:
            self._models.move_to_end(key)
        return model

    def hold(self, key: ModelKey, model: ModelSnapshot) -> None:
        """Holds it instead of the one that was asked for longest ago."""
        self._models[key] = model
        self._models.move_to_end(key)
        while len(self._models) > MODELS_MAX:
            self._models.popitem(last=False)


DECODED_MODELS: Final = DecodedModels()
"""Of this process."""
