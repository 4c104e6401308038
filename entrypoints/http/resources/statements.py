"""Statement files of banks."""

from typing import Annotated

import attrs

from domain.actor import acting
from domain.bank_deposit import BankAccountId
from domain.reconciliation_break import BreakKind
from entrypoints.http.fact_bodies import AccountName, wrong_parameter
from entrypoints.http.resources.bank_accounts import CsvColumns
from entrypoints.http.route import UPLOAD_MAX, Call, Route, Upload
from entrypoints.http.wire_types import TextBounds
from ports.facts_reader import InputFile, UnreadableFile
from ports.use_cases.active_company import CompanyIsArchived, NoSuchCompany
from ports.use_cases.upload_statement import NoSuchAccount, UploadedStatement, upload_statement

FileName = Annotated[str, TextBounds(200, example="checking-june.csv")]


@attrs.frozen(kw_only=True)
class UploadStatement:
    """Which account the file is of, if it does not say, and how a CSV's columns are called."""

    account: AccountName | None = None
    columns: CsvColumns | None = None
    file: FileName = "statement"
    """What the file is called, for messages."""


@attrs.frozen(kw_only=True)
class FileBreakBody:
    """Something in the file that could not be used: where, and why."""

    kind: BreakKind
    where: str
    reason: str


@attrs.frozen(kw_only=True)
class StatementBody:
    """What the file brought. The same file again, or one that overlaps it, brings only what is new."""

    file: str
    kind: str
    """The format, in words."""
    records: int
    accounts: tuple[str, ...]
    new: int
    changed: int
    known: int
    """Lines that were known already, just as they are."""
    breaks: tuple[FileBreakBody, ...]
    notes: tuple[str, ...]
    """What was assumed in reading."""

    @classmethod
    def of(cls, uploaded: UploadedStatement) -> "StatementBody":
        """As it is shown."""
        return cls(
            file=uploaded.file,
            kind=uploaded.kind,
            records=uploaded.records,
            accounts=tuple(account.id for account in uploaded.accounts),
            new=uploaded.new,
            changed=uploaded.changed,
            known=uploaded.known,
            breaks=tuple(
                FileBreakBody(kind=found.kind, where=found.where, reason=found.reason) for found in uploaded.breaks
            ),
            notes=uploaded.notes,
        )


async def upload_a_statement(call: Call[UploadStatement, Upload]) -> StatementBody:
    """The file is the body, of any content type: OFX or QFX, CAMT.053 or .052, MT940 or MT942, BAI2, CSV or Plaid JSON,
    told apart by content.

    A record that cannot be read is named in `breaks`, and the rest is kept; so are statements whose balances do not add
    up, or that do not follow on the one before: these are breaks of the company until they are put right. What an
    interim report shows of its own day is pending until a statement of that day comes. Lines whose day and amount were
    told by pushes or another file count once, as `notes` say. `account` is an account's id, or your own external id of
    one that you keep; without it, the account is the one that the file names, else the only one of the same last digits
    and currency. `columns` is remembered for the account's next files.
    """
    query = call.query
    if query.columns is not None:
        try:
            call.services.bank_readers(query.columns)
        except ValueError as error:
            raise wrong_parameter("columns", str(error)) from error
    try:
        uploaded = await upload_statement(
            InputFile(name=query.file, content=call.body.content),
            account=None if query.account is None else BankAccountId(query.account),
            columns=query.columns,
            readers=call.services.bank_readers,
            company=call.company.id,
            tenant=call.principal.tenant,
            who=acting(call.principal),
            at=call.at,
            store=call.services.store,
        )
    except NoSuchAccount as error:
        raise wrong_parameter("account", "is no bank account of this company") from error
    return StatementBody.of(uploaded)


ROUTES = (
    Route(
        method="POST",
        path="/v1/companies/{company}/bank/statements",
        handler=upload_a_statement,
        summary="Upload a statement file",
        tag="Bank",
        query=UploadStatement,
        body=Upload,
        body_max=UPLOAD_MAX,
        answer=StatementBody,
        refusals=(NoSuchCompany, CompanyIsArchived, UnreadableFile),
    ),
)
