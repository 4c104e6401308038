"""Makes what was proposed together, in a transaction: of a company, or of one that is only supposed."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

import attrs

from domain.actor import Actor
from domain.reconciliation_decision import Verdict
from domain.refused_field import RefusedField
from domain.what_if import ProposedChanges
from ports.transaction import CompanyTransaction
from ports.use_cases.active_company import FieldsRefused, refuse
from ports.use_cases.change_rules import NoSuchRule, TooManyRules, rule_added, rule_removed
from ports.use_cases.decide_matches import DecidedOtherwise, NoSuchMatch, Said
from ports.use_cases.say_not_stripe import NoSuchDeposit, said_not_stripe


class ChangeContradicts(Exception):
    """One of the changes contradicts what holds. Nothing was changed."""

    def __init__(self, pointer: str, reason: str) -> None:
        super().__init__(reason)
        self.pointer = pointer


async def make_changes(proposed: ProposedChanges, *, transaction: CompanyTransaction, who: Actor, at: datetime) -> None:
    """All of them, or an exception. What is in force already stays. Whoever calls it asks for the work.

    What frees records comes first: rules and decisions taken back, then what is said, then what is matched. Raises
    FieldsRefused for what is not there, and ChangeContradicts; both point into the proposal.
    """
    for place, removed in enumerate(proposed.remove_rules):
        with _at(f"/remove_rules/{place}"):
            await rule_removed(removed.rule, removed.note, transaction=transaction, who=who, at=at)
    for place, added in enumerate(proposed.add_rules):
        with _at(f"/add_rules/{place}"):
            await rule_added(added.rule, added.note, transaction=transaction, who=who, at=at)
    said = Said(transaction, who, at)
    await _verdicts(proposed, said, confirming=False)
    await _not_stripe(proposed, transaction, who, at, is_so=False)
    await _not_stripe(proposed, transaction, who, at, is_so=True)
    await _verdicts(proposed, said, confirming=True)
    for place, match in enumerate(proposed.matches):
        with _at(f"/matches/{place}"):
            await said.by_hand(match.payouts, match.deposits, match.note)
    await said.write_down()


async def _verdicts(proposed: ProposedChanges, said: Said, *, confirming: bool) -> None:
    for place, each in enumerate(proposed.verdicts):
        if (each.verdict is Verdict.CONFIRM) is confirming:
            with _at(f"/verdicts/{place}"):
                await said.of_match(each)


async def _not_stripe(
    proposed: ProposedChanges, transaction: CompanyTransaction, who: Actor, at: datetime, *, is_so: bool
) -> None:
    for place, each in enumerate(proposed.not_stripe):
        if each.is_so is is_so:
            with _at(f"/not_stripe/{place}"):
                await said_not_stripe(each.deposit, each.note, is_so=is_so, transaction=transaction, who=who, at=at)


@contextmanager
def _at(pointer: str) -> Iterator[None]:
    """Refusals of one change, with the place of it."""
    try:
        yield
    except FieldsRefused as error:
        refuse([attrs.evolve(field, pointer=pointer + field.pointer) for field in error.fields])
    except NoSuchRule as error:
        raise _absent(f"{pointer}/rule", "is no rule of this company that holds") from error
    except NoSuchMatch as error:
        raise _absent(f"{pointer}/match", "is no match of this company") from error
    except NoSuchDeposit as error:
        raise _absent(f"{pointer}/deposit", "is no bank line of this company") from error
    except (DecidedOtherwise, TooManyRules) as error:
        raise ChangeContradicts(pointer, str(error)) from error


def _absent(pointer: str, reason: str) -> FieldsRefused:
    return FieldsRefused([RefusedField(pointer=pointer, reason=reason)])
