"""What the text of a bank line says about who sent the money.

The words of the text are kept, numbers and codes are set apart: `ORIG CO NAME:STRIPE … TRACE#:091000019999999` is the
form *names Stripe* with the code `091000019999999`. Words that every bank prints say nothing; the rest, the *names*,
tell one sender or payee from another. Sources of the texts: public bank statements, FACTS 1.10 of our research.
"""

import re
import string
from enum import StrEnum
from typing import Final

import attrs

STRIPE_COMPANY_IDS: Final = frozenset(
    {"1800948598", "800948598", "WFMSTRIPE1", "3270465600", "2270465600", "4270465600"}
)
"""ACH company ids under which Stripe has been seen to pay."""

_SEPARATORS: Final = {ord(c): " " for c in string.punctuation}

_PROCESSORS: Final = frozenset(
    "SQUARE SQ SQUAREUP SQUAREINC PAYPAL SHOPIFY ADYEN KLARNA WORLDPAY CLOVER TOAST AMAZON AMZN ETSY EBAY VENMO ZELLE "
    "GOCARDLESS SUMUP MOLLIE BRAINTREE ELAVON HEARTLAND FISERV AMEX AFTERPAY CLEARPAY AFFIRM SEZZLE PAYONEER DOORDASH "
    "UBER UBEREATS GRUBHUB DELIVEROO AIRBNB BANKCARD MERCHANTE ZETTLE IZETTLE INTUIT AUTHNET PAYMENTECH TSYS NUVEI "
    "CHECKOUTCOM RAZORPAY PAYU TRUSTLY BOOKING WISE REVOLUT WEEBLY LIGHTSPEED MINDBODY".split()
)
_PROCESSOR_PHRASES: Final = re.compile(
    r"\b(CASH APP|FIRST DATA|AMERICAN EXPRESS|GLOBAL PAYMENTS|WORLD PAY|CHECKOUT COM)\b"
)
_PRODUCTS: Final = frozenset(
    "CAPITAL LOAN LENDING FINANCING ADVANCE PAYROLL ISSUING BILLING FEE FEES INVOICE TOPUP TOP REPAYMENT".split()
)

_SAYS_NOTHING: Final = frozenset(
    # Stripe's own words
    "STRIPE ST PAYOUT PAYOUTS TRANSFER TRANSFERS TRF TRNSFR PAYMENT PAYMENTS PMT PYMT PAY TECHNOLOGY EUROPE LT "
    "D UK US USA CA AU NZ EU UNITED KINGDOM MSP DIV CAPITAL LOAN LENDING FINANCING ADVANCE PAYROLL ISSUING BILLING "
    # field names and types of banks
    "ACH CREDIT CREDITS CR DEBIT DR DEP DEPOSIT DEPOSITS DIRECT ELECTRONIC ONLINE MOBILE INCOMING INWARD WIRE "
    "TRANSFERRED ORIG CO NAME ID DESC DATE ENTRY DESCR SEC CCD PPD WEB CTX TRACE EED IND TRN TC DES INDN REF REFERENCE "
    "REFERENZ FROM TO BY OF THE AND VIA RECEIVED MONEY WITH FPI FPS BACS BGC CHAPS SEPA SCT GUTSCHRIFT UEBERWEISUNG "
    "UBERWEISUNG VIREMENT VIR RECU TRANSFERENCIA ABONO BONIFICO ACCREDITO OVERSCHRIJVING BIJSCHRIJVING INSTANT EREF "
    "KREF MREF SVWZ BIC IBAN TAN ABWA NOTPROVIDED PROVIDED NOT ACCT ACCOUNT NO NR NUM TYPE POSTED PENDING BANK "
    "TRANSACTION TXN TRANS AMOUNT VALUE INC LLC LTD LIMITED GMBH CORP COMPANY PREAUTHORIZED PREAUTHORISED AUTOMATED "
    "RTP FEDNOW EFT "
    "INTERAC PAID PAYABLE RETURN RETURNED REVERSAL REVERSED RETURNS RETOUR REJECT REJECTED CHARGEBACK NSF SPLIT PART "
    # months and days
    "JAN FEB MAR APR MAY JUN JUL AUG SEP SEPT OCT NOV DEC JANUARY FEBRUARY MARCH APRIL JUNE JULY AUGUST SEPTEMBER "
    "OCTOBER NOVEMBER DECEMBER MON TUE WED THU FRI SAT SUN".split()
)
_GLUED: Final = frozenset(
    ["", "COM", "INC", "TRANSFER", "TRANSFERS", "PAYOUT", "PAYOUTS", "PAYMENT", "PAYMENTS", "TECHNOLOGY", "DES", "ORIG"]
)
"""What banks print after Stripe's name without a blank; `STRIPES` is somebody else."""
_RETURN_WORDS: Final = frozenset(
    "RETURN RETURNED REVERSAL REVERSED RETURNS RETOUR REJECT REJECTED RUECKLASTSCHRIFT RUECKBUCHUNG STORNO".split()
)
_TRACE: Final = re.compile(r"TRACE\s*(?:#|NO|NUMBER|ID)?\s*[:#]?\s*([0-9A-Z]{8,32})")


class TextForm(StrEnum):
    """Whom a text names, at first sight."""

    STRIPE = "names_stripe"
    STRIPE_PLATFORM = "names_a_platform_on_stripe"
    """It bears Stripe's code or company id, but another name in front."""
    STRIPE_PRODUCT = "names_another_stripe_product"
    """Capital, payroll, billing: Stripe's money, but no payout."""
    PROCESSOR = "names_another_processor"
    GENERIC = "names_nobody"
    OTHER = "names_somebody_else"


class TextKey(str):
    """What tells one sender's texts from another's: form and names. A string, so that comparing and hashing is
    cheap."""

    __slots__ = ("form", "names")

    form: TextForm
    names: str
    """The telling words in alphabetical order; empty if there are none."""

    @classmethod
    def of(cls, form: TextForm, names: str) -> "TextKey":
        """The key of this form and these names."""
        key = cls(f"{form.value}: {names}")
        key.form, key.names = form, names
        return key


@attrs.frozen
class TextReading:
    """One text, read: whom it names, and whether it speaks of a return."""

    key: TextKey
    says_return: bool


_readings: dict[str, TextReading] = {}
_READINGS_MAX: Final = 200_000


def read_text(text: str, company_id: str | None = None) -> tuple[TextReading, list[str]]:
    """The reading of a text, and the codes in it: every word that has a digit, upper case.

    The reading depends on the words alone, and texts repeat their words: it is remembered.
    """
    words = words_of(text)
    after_st = ""
    if "ST" in words:  # Stripe's own code follows, and may happen to have no digit
        place = words.index("ST") + 1
        if place < len(words) and _is_stripe_code(words[place]):
            after_st = words[place]
    codes = [word for word in words if not word.isalpha()]
    if codes or after_st:
        words = [word for word in words if word.isalpha() and word != after_st]
    mark = ""
    if after_st:
        mark = " #"
        if after_st.isalpha():
            codes.append(after_st)
    elif company_id in STRIPE_COMPANY_IDS or not STRIPE_COMPANY_IDS.isdisjoint(codes):
        mark = " #"
    skeleton = " ".join(words) + mark
    reading = _readings.get(skeleton)
    if reading is None:
        if len(_readings) >= _READINGS_MAX:
            _readings.clear()
        reading = _readings[skeleton] = _read(words, bool(mark))
    return reading, codes


def words_of(text: str) -> list[str]:
    """Upper-case words, numbers and codes of a text, without punctuation."""
    return text.upper().translate(_SEPARATORS).split()


def _is_stripe_code(code: str) -> bool:
    """The `ST-…` that Stripe prints for each payout: ten to twelve letters and digits."""
    return 10 <= len(code) <= 12 and code.isalnum()


def _read(words: list[str], stripe_mark: bool) -> TextReading:
    telling = sorted({word for word in words if word not in _SAYS_NOTHING and len(word) > 1})
    everything = set(words)
    stripe_named = any(word.startswith("STRIPE") and word[6:] in _GLUED for word in words)
    if stripe_named and everything & _PRODUCTS:
        form = TextForm.STRIPE_PRODUCT
    elif stripe_named:
        form = TextForm.STRIPE
    elif everything & _PROCESSORS or _PROCESSOR_PHRASES.search(" ".join(words)):
        form = TextForm.PROCESSOR
    elif stripe_mark:
        form = TextForm.STRIPE_PLATFORM if telling else TextForm.STRIPE
    elif telling:
        form = TextForm.OTHER
    else:
        form = TextForm.GENERIC
    return TextReading(TextKey.of(form, " ".join(telling)), bool(everything & _RETURN_WORDS))


def printed_trace(text: str) -> str | None:
    """The trace id that the bank prints under that name, upper case, or None."""
    upper = text.upper()
    found = _TRACE.search(upper) if "TRACE" in upper else None
    return found.group(1) if found else None


def normal_trace(trace: str) -> str:
    """A trace id as upper-case letters and digits only, so that spelling does not matter."""
    return "".join(character for character in trace.upper() if character.isalnum())


def descriptor_stems(descriptor: str) -> tuple[str, ...]:
    """How banks may cut a statement descriptor: to 22, 16 or 10 characters, blanks squeezed out, letters only."""
    if "STRIPE" in descriptor.upper():
        return ()
    cuts = {descriptor.upper()[:cut] for cut in (22, 16, 10)}
    stems = {"".join(c for c in cut if c.isalpha()) for cut in cuts}
    return tuple(sorted((stem for stem in stems if len(stem) >= 5), key=lambda stem: (-len(stem), stem)))
