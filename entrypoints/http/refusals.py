"""What use cases refuse, said as HTTP problems: one table for all routes."""

from collections.abc import Mapping
from math import ceil
from typing import Final

from entrypoints.http.problem_details import FieldError, Problem, ProblemKind
from ports.companies import CompanyChanged, ExternalIdTaken
from ports.erasure import NotArchived
from ports.facts import UnstorableFact
from ports.facts_reader import UnreadableFile
from ports.master_key import MasterKeyUnknown
from ports.stripe_accounts import AccountOfAnotherCompany
from ports.stripe_invoicing import PerhapsDone, ReadOnlyConnection
from ports.stripe_refusals import (
    StripeAccountGone,
    StripeAnswerUnreadable,
    StripeKeyRefused,
    StripePermissionMissing,
    StripeRefused,
    StripeUnavailable,
)
from ports.transaction import StoreUnavailable
from ports.use_cases.active_company import CompanyIsArchived, FieldsRefused, NoSuchCompany
from ports.use_cases.apply_what_if import AlreadyApplied, NoSuchWhatIf, WhatIfOutdated
from ports.use_cases.change_rules import NoSuchRule, TooManyRules
from ports.use_cases.connect_stripe_account import NoSuchAccount
from ports.use_cases.decide_matches import DecidedOtherwise, NoSuchMatch
from ports.use_cases.delete_stripe_integration import NoStripeIntegration
from ports.use_cases.invoicing import (
    AccountNotConnected,
    CannotBeCharged,
    InvoiceEnded,
    NoAccountToBill,
    NoSuchInvoice,
)
from ports.use_cases.make_changes import ChangeContradicts
from ports.use_cases.platform_key import NoPlatformKey
from ports.use_cases.put_stripe_integration import StripeIntegrationChanged
from ports.use_cases.reconcile_company import TooMuchToDecide
from ports.use_cases.redeliver_event import NoSuchEndpoint
from ports.use_cases.revoke_api_key import LastKey
from ports.use_cases.rotate_api_key import NoSuchKey
from ports.use_cases.say_not_stripe import NoSuchDeposit
from ports.webhook_endpoints import TooManyEndpoints

ERRORS_MAX: Final = 50

KIND_OF: Final[Mapping[type[Exception], ProblemKind]] = {
    StoreUnavailable: ProblemKind.UNAVAILABLE,
    ExternalIdTaken: ProblemKind.CONFLICT,
    CompanyChanged: ProblemKind.CONFLICT,
    UnstorableFact: ProblemKind.REFUSED,
    UnreadableFile: ProblemKind.UNREADABLE_FILE,
    NoSuchCompany: ProblemKind.NOT_FOUND,
    CompanyIsArchived: ProblemKind.COMPANY_ARCHIVED,
    FieldsRefused: ProblemKind.INVALID_FIELDS,
    MasterKeyUnknown: ProblemKind.UNAVAILABLE,
    NotArchived: ProblemKind.CONFLICT,
    TooManyEndpoints: ProblemKind.CONFLICT,
    NoSuchEndpoint: ProblemKind.NOT_FOUND,
    LastKey: ProblemKind.CONFLICT,
    NoSuchKey: ProblemKind.NOT_FOUND,
    NoSuchMatch: ProblemKind.NOT_FOUND,
    NoSuchRule: ProblemKind.NOT_FOUND,
    TooManyRules: ProblemKind.CONFLICT,
    NoSuchDeposit: ProblemKind.NOT_FOUND,
    DecidedOtherwise: ProblemKind.CONFLICT,
    NoStripeIntegration: ProblemKind.NOT_FOUND,
    StripeIntegrationChanged: ProblemKind.CONFLICT,
    StripeUnavailable: ProblemKind.UNAVAILABLE,
    StripeAnswerUnreadable: ProblemKind.UNAVAILABLE,
    StripeRefused: ProblemKind.REFUSED,
    StripePermissionMissing: ProblemKind.REFUSED,
    StripeAccountGone: ProblemKind.REFUSED,
    StripeKeyRefused: ProblemKind.REFUSED,
    AccountOfAnotherCompany: ProblemKind.CONFLICT,
    NoSuchAccount: ProblemKind.NOT_FOUND,
    NoPlatformKey: ProblemKind.CONFLICT,
    NoSuchInvoice: ProblemKind.NOT_FOUND,
    NoAccountToBill: ProblemKind.CONFLICT,
    AccountNotConnected: ProblemKind.CONFLICT,
    CannotBeCharged: ProblemKind.CONFLICT,
    InvoiceEnded: ProblemKind.CONFLICT,
    ReadOnlyConnection: ProblemKind.REFUSED,
    ChangeContradicts: ProblemKind.CONFLICT,
    TooMuchToDecide: ProblemKind.REFUSED,
    NoSuchWhatIf: ProblemKind.NOT_FOUND,
    AlreadyApplied: ProblemKind.CONFLICT,
    WhatIfOutdated: ProblemKind.OUTDATED,
}


def as_problem(refusal: Exception) -> Problem | None:
    """The problem to answer with; None for what is no refusal, but a fault of ours."""
    kind = next((KIND_OF[each] for each in type(refusal).__mro__ if each in KIND_OF), None)
    if kind is None:
        return None
    if kind is ProblemKind.NOT_FOUND:
        return Problem(kind)  # says no more than for what never existed
    if isinstance(refusal, PerhapsDone):
        detail = f"{refusal}. Whether it was done is not known: repeat it with its Idempotency-Key; it is done once."
        return Problem(kind, detail, headers=_wait(refusal))
    if isinstance(refusal, StripeUnavailable):
        return Problem(kind, f"{refusal}. Nothing was changed: repeat the request.", headers=_wait(refusal))
    if isinstance(refusal, StripeAnswerUnreadable):
        return Problem(kind, f"{refusal}. Nothing was changed: repeat the request.")
    if kind is ProblemKind.UNAVAILABLE:
        return Problem(kind, "Nothing was changed, or all of it: repeat the request.")
    if isinstance(refusal, FieldsRefused):
        errors = [FieldError(pointer=field.pointer, detail=field.reason) for field in refusal.fields[:ERRORS_MAX]]
        return Problem(kind, errors=errors)
    if isinstance(refusal, UnreadableFile) and refusal.columns is not None:
        return Problem(kind, f"{refusal}; say it in the parameter columns: {refusal.columns}.")
    if isinstance(refusal, ChangeContradicts):
        return Problem(kind, errors=[FieldError(pointer=refusal.pointer, detail=str(refusal))])
    return Problem(kind, f"{refusal}.")


def _wait(trouble: StripeUnavailable) -> dict[str, str]:
    return {"Retry-After": str(max(1, ceil(trouble.retry_after.total_seconds())))}


def field_problem(pointer: str, detail: str) -> Problem:
    """One wrong field that decoding could not know to be wrong."""
    return Problem(ProblemKind.INVALID_FIELDS, errors=[FieldError(pointer=pointer, detail=detail)])
