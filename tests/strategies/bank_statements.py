"""Statements of every kind, and files of them in the formats that banks use."""

from collections.abc import Sequence
from datetime import date, timedelta
from html import escape
from typing import Final

import attrs
from hypothesis import strategies as st

from domain.money import Currency, Money

_WORDS: Final = st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789 &'()+.", max_size=120)


@attrs.frozen(kw_only=True)
class MadeLine:
    """One line of a made statement."""

    amount: Money
    day: date
    text: str
    reference: str


@attrs.frozen(kw_only=True)
class MadeStatement:
    """A statement that adds up."""

    account: str
    number: int
    opening: Money
    opened_on: date
    closed_on: date
    lines: tuple[MadeLine, ...]

    @property
    def closing(self) -> Money:
        """What the lines make of the opening balance."""
        return sum((line.amount for line in self.lines), start=self.opening)


@st.composite
def made_lines(draw: st.DrawFn, currency: Currency, first: date, last: date, number: int) -> MadeLine:
    """A line that moves money, with a reference that no other line has, or none."""
    units = draw(st.integers(-(10**9), 10**9).filter(bool))
    return MadeLine(
        amount=Money(units, currency),
        day=first + timedelta(days=draw(st.integers(0, (last - first).days))),
        text=" ".join(draw(_WORDS).split()),
        reference=draw(st.sampled_from(["", f"REF{number:05}"])),
    )


@st.composite
def made_statements(
    draw: st.DrawFn, *, codes: Sequence[str] = ("eur", "usd", "jpy", "kwd"), lines_min: int = 0
) -> MadeStatement:
    """A statement of some days."""
    currency = Currency.of(draw(st.sampled_from(codes)))
    opened_on = draw(st.dates(date(2001, 1, 1), date(2068, 12, 1)))
    closed_on = opened_on + timedelta(days=draw(st.integers(1, 40)))
    count = draw(st.integers(lines_min, 12))
    return MadeStatement(
        account="DE89370400440532013000",
        number=draw(st.integers(1, 900)),
        opening=Money(draw(st.integers(-(10**9), 10**9)), currency),
        opened_on=opened_on,
        closed_on=closed_on,
        lines=tuple(
            draw(made_lines(currency, opened_on + timedelta(days=1), closed_on, number)) for number in range(count)
        ),
    )


def plain(money: Money) -> str:
    """The amount without sign, in major units, with a point."""
    exponent, digits = money.currency.exponent, str(abs(money.minor_units)).rjust(money.currency.exponent + 1, "0")
    return f"{digits[:-exponent]}.{digits[-exponent:]}" if exponent else digits


def camt053(
    statement: MadeStatement, *, line_ends: bool = True, report: bool = False, made_on: date | None = None
) -> bytes:
    """As CAMT.053, or as CAMT.052 of the same lines."""
    root, part, version = ("BkToCstmrAcctRpt", "Rpt", "052") if report else ("BkToCstmrStmt", "Stmt", "053")
    code = statement.opening.currency.code.upper()

    def balance(kind: str, money: Money, day: date) -> str:
        return (
            f"<Bal><Tp><CdOrPrtry><Cd>{kind}</Cd></CdOrPrtry></Tp><Amt Ccy='{code}'>{plain(money)}</Amt>"
            f"<CdtDbtInd>{_side(money)}</CdtDbtInd><Dt><Dt>{day}</Dt></Dt></Bal>\n"
        )

    entries = "".join(
        f"<Ntry><Amt Ccy='{code}'>{plain(line.amount)}</Amt><CdtDbtInd>{_side(line.amount)}</CdtDbtInd><Sts>BOOK</Sts>"
        f"<BookgDt><Dt>{line.day}</Dt></BookgDt><ValDt><Dt>{line.day + timedelta(days=2)}</Dt></ValDt>"
        f"<AcctSvcrRef>{line.reference}</AcctSvcrRef><NtryDtls><TxDtls><RmtInf><Ustrd>{escape(line.text)}</Ustrd>"
        f"</RmtInf></TxDtls></NtryDtls></Ntry>\n"
        for line in statement.lines
    )
    balances = balance("OPBD", statement.opening, statement.opened_on) + balance(
        "CLBD", statement.closing, statement.closed_on
    )
    space = f"urn:iso:std:iso:20022:tech:xsd:camt.{version}.001.08"
    made = f"<CreDtTm>{made_on}T12:00:00</CreDtTm>" if made_on else ""
    text = (
        f"<?xml version='1.0' encoding='UTF-8'?>\n<Document xmlns='{space}'>"
        f"<{root}><GrpHdr><MsgId>M1</MsgId>{made}</GrpHdr>\n<{part}><Id>S{statement.number}</Id>"
        f"<ElctrncSeqNb>{statement.number}</ElctrncSeqNb>\n<Acct><Id><IBAN>{statement.account}</IBAN></Id></Acct>\n"
        f"{'' if report else balances}{entries}</{part}></{root}></Document>\n"
    )
    return (text if line_ends else text.replace("\n", "")).encode()


def mt940(statement: MadeStatement, *, line_end: str = "\r\n") -> bytes:
    """As MT940, texts cut at 65 characters."""
    code = statement.opening.currency.code.upper()

    def balance(tag: str, money: Money, day: date) -> str:
        return f":{tag}:{'D' if money.minor_units < 0 else 'C'}{day:%y%m%d}{code}{plain(money).replace('.', ',')}"

    lines = [f":20:S{statement.number}", f":25:{statement.account}", f":28C:{statement.number}/1"]
    lines.append(balance("60F", statement.opening, statement.opened_on))
    for line in statement.lines:
        mark = "D" if line.amount.minor_units < 0 else "C"
        amount = plain(line.amount).replace(".", ",")
        amount = amount if "," in amount else f"{amount},"
        reference = f"NTRFNONREF//{line.reference}" if line.reference else "NTRFNONREF"
        lines.append(f":61:{line.day:%y%m%d%m%d}{mark}{amount}{reference}")
        wrapped = [line.text[start : start + 65] for start in range(0, len(line.text), 65)] or [""]
        lines.append(f":86:{wrapped[0]}")
        lines.extend(wrapped[1:])
    lines.append(balance("62F", statement.closing, statement.closed_on))
    lines.append("-")
    return (line_end.join(lines) + line_end).encode()


def bai2(statement: MadeStatement, *, modifier: str = "2") -> bytes:
    """As BAI2, all lines on the closing day, with totals that are met."""
    code = statement.opening.currency.code.upper()
    credits = [line.amount.minor_units for line in statement.lines if line.amount.minor_units > 0]
    debits = [-line.amount.minor_units for line in statement.lines if line.amount.minor_units < 0]
    opening, closing = statement.opening.minor_units, statement.closing.minor_units
    records = [f"03,{statement.account},{code},010,{opening},,,015,{closing},,/"]
    records.append(f"88,100,{sum(credits)},{len(credits)},,400,{sum(debits)},{len(debits)},/")
    for line in statement.lines:
        kind = "165" if line.amount.minor_units > 0 else "455"
        records.append(f"16,{kind},{abs(line.amount.minor_units)},Z,{line.reference},,{line.text}/")
    moved = sum(credits) + sum(debits)
    total = opening + closing + 2 * moved
    records.append(f"49,{total},{len(records) + 1}/")
    count = len(records)
    group = [f"02,RECEIVER,ORIGINATOR,1,{statement.closed_on:%y%m%d},2400,{code},{modifier}/", *records]
    group.append(f"98,{total},1,{count + 2}/")
    file = ["01,ORIGINATOR,RECEIVER,260630,0600,1,,,2/", *group, f"99,{total},1,{count + 4}/"]
    return ("\n".join(file) + "\n").encode()


def ofx(statement: MadeStatement) -> bytes:
    """As OFX."""
    code = statement.opening.currency.code.upper()
    lines = "".join(
        f"<STMTTRN><TRNTYPE>OTHER</TRNTYPE><DTPOSTED>{line.day:%Y%m%d}</DTPOSTED>"
        f"<TRNAMT>{'-' if line.amount.minor_units < 0 else ''}{plain(line.amount)}</TRNAMT>"
        f"<FITID>{line.reference}</FITID><MEMO>{escape(line.text)}</MEMO></STMTTRN>\n"
        for line in statement.lines
    )
    return (
        f"<OFX><BANKMSGSRSV1><STMTTRNRS><STMTRS><CURDEF>{code}</CURDEF><BANKACCTFROM><BANKID>37040044</BANKID>"
        f"<ACCTID>{statement.account[-10:]}</ACCTID></BANKACCTFROM><BANKTRANLIST><DTSTART>{statement.opened_on:%Y%m%d}"
        f"</DTSTART><DTEND>{statement.closed_on:%Y%m%d}</DTEND>\n{lines}</BANKTRANLIST></STMTRS></STMTTRNRS>"
        "</BANKMSGSRSV1></OFX>\n"
    ).encode()


def _side(money: Money) -> str:
    return "DBIT" if money.minor_units < 0 else "CRDT"
