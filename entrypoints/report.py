"""`report.json`: the whole result as data. Names, order and enumerations are fixed; clients rely on them.

Everything is sorted by id, so that the same facts give the same bytes, in whatever order they came.
"""

import json
from collections.abc import Iterable
from typing import Any

from domain.completeness import CurrencyProof
from domain.matching.log_odds import probability_of
from domain.money import Money
from domain.payout_breakdown import TransactionOutcomeKind
from domain.reconciliation_match import Alternative, EvidenceItem, ReconciliationMatch, Residual
from ports.use_cases.reconcile_files import ReconciledFiles

Json = dict[str, Any]


def render_report(result: ReconciledFiles, *, engine: str) -> bytes:
    """The report in UTF-8, ending in a line end. `engine` names the program and its version."""
    text = json.dumps(report(result, engine=engine), ensure_ascii=False, indent=2, allow_nan=False)
    # A lone surrogate, which JSON input can hold, is no UTF-8: it is written as the escape that it came as.
    return (text + "\n").encode("utf-8", errors="backslashreplace")


def report(result: ReconciledFiles, *, engine: str) -> Json:
    """The report as plain data."""
    reconciliation = result.reconciliation
    return {
        "as_of": reconciliation.as_of.isoformat(),
        "engine": engine,
        "model": {"version": reconciliation.model_version, "hash": reconciliation.model_hash},
        "inputs": [
            {"file": given.file, "kind": given.kind, "records": given.records, "notes": list(given.notes)}
            for given in result.gathered.inputs
        ],
        "matches": [_match(match) for match in sorted(reconciliation.matches, key=lambda match: match.id)],
        "payouts": _payouts(result),
        "deposits": _deposits(result),
        "breakdowns": [
            {
                "payout": breakdown.payout,
                "currency": breakdown.amount.currency.code,
                "items": len(breakdown.items),
                "gross": breakdown.gross.minor_units,
                "fees": breakdown.fees.minor_units,
                "net": breakdown.net.minor_units,
                "inferred": breakdown.inferred,
                "remainder": {
                    "minor_units": breakdown.remainder.amount.minor_units,
                    "label": breakdown.remainder.label.value,
                },
            }
            for breakdown in result.breakdowns.payouts
        ],
        "balance_transactions": _transactions(result),
        "breaks": [{"kind": found.kind.value, "where": found.where, "reason": found.reason} for found in result.breaks],
        "proof": {proof.currency.code: _proof(proof) for proof in result.certificate.currencies},
    }


def _match(match: ReconciliationMatch) -> Json:
    return {
        "id": match.id,
        "status": match.status.value,
        "kind": match.kind.value,
        "payouts": list(match.payouts),
        "deposits": list(match.deposits),
        "residual": _residual(match.residual),
        "probability": match.probability,
        "margin_millinats": match.margin_millinats,
        "evidence": _evidence(match.evidence),
        "alternatives": [
            _alternative(match, alternative, number) for number, alternative in enumerate(match.alternatives, start=1)
        ],
        "explanation": match.explanation,
    }


def _residual(residual: Residual) -> Json:
    return {**_money(residual.amount), "class": residual.named.value}


def _evidence(evidence: Iterable[EvidenceItem]) -> list[Json]:
    return [{"feature": item.feature, "level": item.level, "millinats": item.millinats} for item in evidence]


def _money(amount: Money) -> Json:
    return {"minor_units": amount.minor_units, "currency": amount.currency.code}


def _payouts(result: ReconciledFiles) -> list[Json]:
    payouts = {payout.id: payout for payout in result.facts.payouts}
    return [
        {
            "id": outcome.payout,
            **_money(payouts[outcome.payout].amount),
            "arrival_date": payouts[outcome.payout].arrival_date.isoformat(),
            "status": payouts[outcome.payout].status.value,
            "outcome": outcome.outcome.value,
            "reason": outcome.reason,
        }
        for outcome in sorted(result.reconciliation.payouts, key=lambda outcome: outcome.payout)
    ]


def _deposits(result: ReconciledFiles) -> list[Json]:
    deposits = {deposit.id: deposit for deposit in result.facts.deposits}
    return [
        {
            "id": outcome.deposit,
            "account": deposits[outcome.deposit].account,
            **_money(deposits[outcome.deposit].amount),
            "date": deposits[outcome.deposit].date.isoformat(),
            "text": deposits[outcome.deposit].text,
            "outcome": outcome.outcome.value,
            "reason": outcome.reason,
        }
        for outcome in sorted(result.reconciliation.deposits, key=lambda outcome: outcome.deposit)
    ]


def _transactions(result: ReconciledFiles) -> list[Json]:
    """Those that came with contradictory content are used nowhere, but are records of the input all the same."""
    outcomes = {outcome.transaction: outcome.outcome for outcome in result.breakdowns.transactions}
    outcomes |= dict.fromkeys(result.gathered.conflicted_balance_transactions, TransactionOutcomeKind.BREAK)
    return [{"id": transaction, "outcome": outcomes[transaction].value} for transaction in sorted(outcomes)]


def _proof(proof: CurrencyProof) -> Json:
    return {
        "paid_out": proof.paid_out.minor_units,
        "matched": proof.matched.minor_units,
        "in_transit": proof.in_transit.minor_units,
        "late_or_missing": proof.late_or_missing.minor_units,
        "in_review": proof.in_review.minor_units,
        "failed_or_canceled": proof.failed_or_canceled.minor_units,
        "ties_out": proof.ties_out,
    }


def _alternative(match: ReconciliationMatch, alternative: Alternative, number: int) -> Json:
    """A rival in the shape of a match. Its margin is over its own best rival, or over leaving the records unmatched."""
    others = [other.millinats for other in match.alternatives if other is not alternative]
    margin = alternative.millinats - max(match.millinats, *others, 0)
    return {
        "id": f"{match.id}/alternative/{number}",
        "status": match.status.value,
        "kind": alternative.kind.value,
        "payouts": list(alternative.payouts),
        "deposits": list(alternative.deposits),
        "residual": _residual(alternative.residual),
        "probability": probability_of(alternative.millinats - rival for rival in (0, match.millinats, *others)),
        "margin_millinats": margin,
        "evidence": _evidence(alternative.evidence),
        "alternatives": [],
        "explanation": _in_words(alternative),
    }


def _in_words(alternative: Alternative) -> str:
    reasons = ", ".join(f"{item.feature} {item.level} {item.millinats / 1000:+.1f}" for item in alternative.evidence)
    payouts, deposits = ", ".join(alternative.payouts) or "no payout", ", ".join(alternative.deposits) or "no deposit"
    return f"{payouts} with {deposits}: {alternative.millinats / 1000:.1f} nats ({reasons})"
