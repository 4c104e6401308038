"""Models that were decoded lately."""

from adapters.postgres.decoded_models import MODELS_MAX, DecodedModels, ModelKey
from domain.company import CompanyId
from domain.matching.model import ModelSnapshot


def key(number: int, digest: str = "d") -> ModelKey:
    return CompanyId("co_acme0000"), number, digest


def test_a_model_is_found_under_its_number_and_digest_only() -> None:
    models, model = DecodedModels(), ModelSnapshot(payouts=1)

    models.hold(key(1), model)

    assert models.of(key(1)) is model
    assert models.of(key(2)) is None
    assert models.of(key(1, "other")) is None


def test_the_model_asked_for_longest_ago_makes_room() -> None:
    models = DecodedModels()
    for number in range(MODELS_MAX):
        models.hold(key(number), ModelSnapshot(payouts=number))
    models.of(key(0))

    models.hold(key(MODELS_MAX), ModelSnapshot())

    assert models.of(key(0)) is not None
    assert models.of(key(1)) is None
