"""Money: whole minor units of one currency, and the one sign rule.

Sign rule: a positive amount increases the account whose record it is. A Stripe balance transaction is positive
when it adds to the Stripe balance; a bank line is positive when it adds to the bank account; a payout takes the
bank's view, so its own balance transaction is negative.

Minor units are those that Stripe uses in its API (zero-, two- and three-decimal currencies; ISK and UGX are
written with two decimals that are always zero). Bank statements are converted to the same units.
"""

import functools
from decimal import Decimal, InvalidOperation
from typing import Final

import attrs

MINOR_UNITS_MAX: Final = 10**15
"""Largest absolute amount that is accepted as money, in minor units: ten trillion dollars is a typing error."""

_ZERO_DECIMAL = "bif clp djf gnf jpy kmf krw mga pyg rwf vnd vuv xaf xof xpf"
_THREE_DECIMAL = "bhd jod kwd omr tnd"
_TWO_DECIMAL = (
    "aed afn all amd ang aoa ars aud awg azn bam bbd bdt bgn bmd bnd bob brl bsd btn bwp byn bzd cad cdf chf cny cop "
    "crc cup cve czk dkk dop dzd egp ern etb eur fjd fkp gbp gel ghs gip gmd gtq gyd hkd hnl hrk htg huf idr ils inr "
    "iqd irr isk jmd kes kgs khr kpw kyd kzt lak lbp lkr lrd lsl lyd mad mdl mkd mmk mnt mop mru mur mvr mwk mxn myr "
    "mzn nad ngn nio nok npr nzd pab pen pgk php pkr pln qar ron rsd rub sar sbd scr sdg sek sgd shp sle sll sos srd "
    "ssp std stn svc syp szl thb tjs tmt top try ttd twd tzs uah ugx usd usdc uyu uzs ves wst xcd xcg yer zar zmw zwg"
)
_EXPONENTS: Final[dict[str, int]] = {
    **dict.fromkeys(_ZERO_DECIMAL.split(), 0),
    **dict.fromkeys(_TWO_DECIMAL.split(), 2),
    **dict.fromkeys(_THREE_DECIMAL.split(), 3),
}


class UnknownCurrency(ValueError):
    """The code is not a currency that Stripe or a bank statement uses."""

    def __init__(self, code: str) -> None:
        super().__init__(f"unknown currency {code!r}")
        self.code = code


class CurrencyMismatch(ValueError):
    """Arithmetic between two currencies was asked for."""

    def __init__(self, left: "Currency", right: "Currency") -> None:
        super().__init__(f"cannot combine {left.code} with {right.code}")
        self.left = left
        self.right = right


class AmountNotExact(ValueError):
    """The amount has more decimals than the currency, or is not a plain, finite, plausible number."""

    def __init__(self, amount: object, currency: "Currency", reason: str) -> None:
        super().__init__(f"{amount} {currency.code}: {reason}")
        self.amount = amount
        self.currency = currency


@attrs.frozen
class Currency:
    """A currency by its lower-case ISO code, as Stripe writes it."""

    code: str
    exponent: int
    """Decimals of Stripe's minor unit: 2 for usd, 0 for jpy, 3 for kwd."""

    @classmethod
    def of(cls, code: str) -> "Currency":
        """The currency of this code, in any case. Raises UnknownCurrency."""
        return _currency(code)

    def __str__(self) -> str:
        return self.code


@functools.cache
def _known(code: str) -> Currency:
    return Currency(code, _EXPONENTS[code])


def _currency(code: str) -> Currency:
    lowered = code.strip().lower()
    if lowered not in _EXPONENTS:
        raise UnknownCurrency(code)
    return _known(lowered)


@attrs.frozen
class Money:
    """A signed amount in whole minor units. Equality across currencies is False; arithmetic across them raises."""

    minor_units: int
    currency: Currency

    def __attrs_post_init__(self) -> None:
        if type(self.minor_units) is not int:
            raise TypeError(f"minor units must be an int, not {type(self.minor_units).__name__}")

    @classmethod
    def from_major(cls, amount: Decimal | int | str, currency: Currency) -> "Money":
        """`Money.from_major("12.34", usd)` is 1234 cents. Raises AmountNotExact rather than round."""
        try:
            decimal = Decimal(amount)
        except InvalidOperation as error:
            raise AmountNotExact(amount, currency, "is not a number") from error
        if not decimal.is_finite():
            raise AmountNotExact(amount, currency, "is not a finite number")
        if decimal and decimal.adjusted() > 15:
            raise AmountNotExact(amount, currency, "is too large to be an amount of money")
        if decimal and decimal.adjusted() < -30:
            raise AmountNotExact(amount, currency, "is too precise to be an amount of money")
        sign, digits, _ = decimal.as_tuple()
        exact = decimal.as_tuple().exponent
        shift = int(exact) + currency.exponent  # the digits stand for this power of ten of a minor unit
        coefficient = int("".join(map(str, digits)))
        if shift < 0 and coefficient % 10**-shift:
            raise AmountNotExact(amount, currency, f"has more than {currency.exponent} decimals")
        minor_units = coefficient // 10**-shift if shift < 0 else coefficient * 10**shift
        minor_units = -minor_units if sign else minor_units
        if abs(minor_units) > MINOR_UNITS_MAX:
            raise AmountNotExact(amount, currency, "is too large to be an amount of money")
        return cls(minor_units, currency)

    @classmethod
    def zero(cls, currency: Currency) -> "Money":
        """Nothing, in this currency."""
        return cls(0, currency)

    def __add__(self, other: "Money") -> "Money":
        self._same_currency(other)
        return Money(self.minor_units + other.minor_units, self.currency)

    def __sub__(self, other: "Money") -> "Money":
        self._same_currency(other)
        return Money(self.minor_units - other.minor_units, self.currency)

    def __neg__(self) -> "Money":
        return Money(-self.minor_units, self.currency)

    def __bool__(self) -> bool:
        return self.minor_units != 0

    def split(self, weights: tuple[int, ...]) -> tuple["Money", ...]:
        """Parts in proportion to the weights that add up to the whole; odd minor units go to the largest remainders.

        Raises ValueError unless there is a positive weight and none is negative.
        """
        if any(weight < 0 for weight in weights) or not sum(weights):
            raise ValueError("weights must be non-negative with a positive sum")
        total, sign = sum(weights), -1 if self.minor_units < 0 else 1
        whole = abs(self.minor_units)
        parts = [whole * weight // total for weight in weights]
        by_remainder = sorted(range(len(weights)), key=lambda i: (-(whole * weights[i] % total), i))
        for i in by_remainder[: whole - sum(parts)]:
            parts[i] += 1
        return tuple(Money(sign * part, self.currency) for part in parts)

    def __str__(self) -> str:
        sign, digits = "-" if self.minor_units < 0 else "", str(abs(self.minor_units))
        exponent = self.currency.exponent
        if exponent:
            digits = digits.rjust(exponent + 1, "0")
            return f"{sign}{int(digits[:-exponent]):,}.{digits[-exponent:]} {self.currency.code}"
        return f"{sign}{int(digits):,} {self.currency.code}"

    def _same_currency(self, other: "Money") -> None:
        if self.currency != other.currency:
            raise CurrencyMismatch(self.currency, other.currency)
