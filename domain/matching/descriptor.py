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
_BLANKED: Final = bytes.maketrans(
    (string.ascii_lowercase + string.digits + string.punctuation + "\t\n\v\f\r\x1c\x1d\x1e\x1f").encode(),
    (string.ascii_uppercase + "0" * 10 + " " * (len(string.punctuation) + 9)).encode(),
)
"""For ASCII what upper case and `_SEPARATORS` do, and every digit a 0; in one pass."""
_BLANK_ST_CODE: Final = b" ST 000000000000 "

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


@attrs.frozen
class _Shape:
    """What is known of all texts that differ only in their digits and in Stripe's code."""

    reading: TextReading
    """How they are read if no company id of Stripe's is there."""
    has_codes: bool
    named: bool
    """The names alone tell the form; a company id would change nothing."""
    may_hold_id: bool
    """Some digits could make one of its codes a company id of Stripe's."""


_readings: dict[str, TextReading] = {}
_shapes: dict[bytes, _Shape] = {}
_READINGS_MAX: Final = 200_000
_SHAPES_MAX: Final = 50_000


def read_text(text: str, company_id: str | None = None) -> tuple[TextReading, bool]:
    """The reading of a text, and whether there are codes in it (`codes_in`).

    The reading depends on the words alone, and texts repeat their words: it is remembered by what is left of a text
    when all its digits look the same, which takes no look at single words.
    """
    blank = _blanked(text) if text.isascii() else None
    if blank is None:
        return _read_words(text, company_id)
    shape = _shapes.get(blank)
    if shape is None:
        if len(_shapes) >= _SHAPES_MAX:
            _shapes.clear()
        shape = _shapes[blank] = _shape_of(blank)
    if not shape.named and (shape.may_hold_id or company_id is not None):
        return _read_words(text, company_id)
    return shape.reading, shape.has_codes


def codes_in(text: str) -> list[str]:
    """The codes in a text, upper case: every word that is not of letters alone, and Stripe's own code."""
    words = words_of(text)
    after_st = _after_st(words)
    codes = [word for word in words if not word.isalpha()]
    if after_st.isalpha():
        codes.append(after_st)
    return codes


def _blanked(text: str) -> bytes | None:
    """A text in upper case without punctuation, its digits and Stripe's code all 0; None if it is not so simple."""
    blank = text.encode().translate(_BLANKED)
    before, st, after = blank.partition(b" ST ")
    if st:
        code, _, rest = after.lstrip().partition(b" ")
        if _is_stripe_code(code):
            if code.isalpha():
                return None
            blank = before + _BLANK_ST_CODE + rest
    return None if blank.startswith(b"ST ") else blank


def _shape_of(blank: bytes) -> _Shape:
    reading, has_codes = _read_words(blank.decode(), None)
    named = reading.key.form in (TextForm.STRIPE, TextForm.STRIPE_PRODUCT, TextForm.PROCESSOR)
    return _Shape(reading, has_codes, named, b"000000000" in blank or b"WFMSTRIPE0" in blank)


def _read_words(text: str, company_id: str | None) -> tuple[TextReading, bool]:
    words = words_of(text)
    after_st = _after_st(words)
    names = [word for word in words if word.isalpha() and word != after_st]
    mark = ""
    if after_st or company_id in STRIPE_COMPANY_IDS or not STRIPE_COMPANY_IDS.isdisjoint(words):
        mark = " #"
    skeleton = " ".join(names) + mark
    reading = _readings.get(skeleton)
    if reading is None:
        if len(_readings) >= _READINGS_MAX:
            _readings.clear()
        reading = _readings[skeleton] = _read(names, bool(mark))
    return reading, len(names) < len(words)


def _after_st(words: list[str]) -> str:
    """Stripe's own code, which follows `ST` and may happen to have no digit; empty if there is none."""
    if "ST" in words:
        place = words.index("ST") + 1
        if place < len(words) and _is_stripe_code(words[place]):
            return words[place]
    return ""


def has_word(text: str, word: str) -> bool:
    """The text has this word, which is in upper case, among its words; without taking the text apart."""
    upper = text.upper()
    place = upper.find(word)
    while place >= 0:
        before, after = upper[place - 1 : place], upper[place + len(word) : place + len(word) + 1]
        if _separates(before) and _separates(after):
            return True
        place = upper.find(word, place + 1)
    return False


def _separates(character: str) -> bool:
    return not character or character.isspace() or character in string.punctuation


def words_of(text: str) -> list[str]:
    """Upper-case words, numbers and codes of a text, without punctuation."""
    return text.upper().translate(_SEPARATORS).split()


def _is_stripe_code(code: str | bytes) -> bool:
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
    upper = trace.upper()
    return upper if upper.isalnum() else "".join(character for character in upper if character.isalnum())


def descriptor_stems(descriptor: str) -> tuple[str, ...]:
    """How banks may cut a statement descriptor: to 22, 16 or 10 characters, blanks squeezed out, letters only."""
    if "STRIPE" in descriptor.upper():
        return ()
    cuts = {descriptor.upper()[:cut] for cut in (22, 16, 10)}
    stems = {"".join(c for c in cut if c.isalpha()) for cut in cuts}
    return tuple(sorted((stem for stem in stems if len(stem) >= 5), key=lambda stem: (-len(stem), stem)))
