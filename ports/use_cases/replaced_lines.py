"""Pending bank lines whose posted form has come."""

from collections.abc import Sequence

import attrs

from domain.bank_deposit import BankDeposit, BankDepositStatus
from ports.facts import Facts, WithIds


async def replaced_lines(told: Sequence[BankDeposit], *, facts: Facts) -> tuple[BankDeposit, ...]:
    """The known pending lines that the lines told replace, as withdrawn; those told themselves are left out."""
    replaced = {line.pending_id for line in told if line.pending_id is not None} - {line.id for line in told}
    known = (await facts.load(WithIds(ids=tuple(replaced)))).deposits
    return tuple(
        attrs.evolve(line, status=BankDepositStatus.WITHDRAWN)
        for line in known
        if line.status is BankDepositStatus.PENDING
    )
