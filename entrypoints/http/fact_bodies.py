"""What the resources of facts share: the parameters of their lists, where a page begins, what a push answers."""

from collections.abc import Collection, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any

import attrs

from domain.company_facts import CompanyFacts
from domain.money import MINOR_UNITS_MAX, Currency, Money, UnknownCurrency
from entrypoints.http.list_places import moment_of_place, unknown_place
from entrypoints.http.problem_details import FieldError, Problem, ProblemKind
from entrypoints.http.wire_types import NumberBounds, TextBounds
from ports.facts import RecordedFacts, WithIds
from ports.pages import PageKey
from ports.transaction import CompanyTransaction

AnyId = Annotated[str, TextBounds(128)]
AccountName = Annotated[str, TextBounds(200)]
"""An account's id, or the partner's own external id of it."""
AmountParameter = Annotated[int, NumberBounds(-MINOR_UNITS_MAX, MINOR_UNITS_MAX)]


class PushResult(StrEnum):
    """What telling something did."""

    NEW = "new"
    CHANGED = "changed"
    UNCHANGED = "unchanged"


@attrs.frozen(kw_only=True)
class PushedBody:
    """One thing that was pushed: the id under which it is kept, and whether it was new."""

    id: str
    external_id: str
    result: PushResult


@attrs.frozen(kw_only=True)
class PushedListBody:
    """What was pushed, in the order in which it was given."""

    data: tuple[PushedBody, ...]


def pushed(
    recorded: RecordedFacts,
    kind: str,
    external_ids: Sequence[tuple[str, str]],
    also_changed: Collection[str | None] = (),
) -> PushedListBody:
    """The answer to a push. `kind`: the field of CompanyFacts; `external_ids`: our ids and theirs, in order."""

    def ids(facts: CompanyFacts) -> set[str]:
        return {fact.id for fact in getattr(facts, kind)}

    new, changed = ids(recorded.new), {*ids(recorded.changed), *also_changed}

    def result(id: str) -> PushResult:
        if id in new:
            return PushResult.NEW
        return PushResult.CHANGED if id in changed else PushResult.UNCHANGED

    return PushedListBody(
        data=tuple(PushedBody(id=id, external_id=name, result=result(id)) for id, name in external_ids)
    )


def amount_wanted(minor_units: int | None, currency: str | None) -> Money | None:
    """The amount that two parameters name together. Raises Problem."""
    try:
        known = None if currency is None else Currency.of(currency)
    except UnknownCurrency as error:
        raise wrong_parameter("currency", str(error)) from error
    if (minor_units is None) != (known is None):
        missing = "currency" if known is None else "minor_units"
        raise wrong_parameter(missing, "is needed too: an amount is minor_units and currency")
    return None if minor_units is None or known is None else Money(minor_units, known)


def wrong_parameter(name: str, detail: str) -> Problem:
    """One wrong parameter that decoding could not know to be wrong."""
    return Problem(ProblemKind.INVALID_PARAMETERS, errors=[FieldError(parameter=name, detail=detail)])


async def place_of(
    starting_after: str | None, kind: str, order: str | None, updated_since: datetime | None, of: CompanyTransaction
) -> PageKey | None:
    """Where the page begins. `order`: the field that comes before the id in the list's order. Raises Problem."""
    if starting_after is None:
        return None
    facts: tuple[Any, ...] = getattr(await of.facts.load(WithIds(ids=(starting_after,))), kind)
    if not facts:
        raise unknown_place()
    if updated_since is None:
        return PageKey(id=starting_after, at=None if order is None else getattr(facts[0], order))
    told = (await of.fact_lists.told((starting_after,)))[starting_after]
    return PageKey(id=starting_after, at=moment_of_place(updated_since, told.recorded_at, told.previous_at))
