"""How banks print who paid: the families of real statement texts (FACTS 1.10), as templates.

A voice is what a line says apart from numbers drawn at random: two payers with equal voices cannot be told apart by it.
"""

from enum import StrEnum
from random import Random
from typing import Final

import attrs


class Family(StrEnum):
    """A bank's way of printing."""

    CHASE = "chase"
    CHASE_MASKED = "chase_masked"
    WELLS_FARGO = "wells_fargo"
    BANK_OF_AMERICA = "bank_of_america"
    MERCURY = "mercury"
    GENERIC_US = "generic_us"
    CLEANED = "cleaned"
    """The aggregator's cleaned name only."""
    TD_CANADA = "td_canada"
    NEW_ZEALAND = "new_zealand"
    UNITED_KINGDOM = "united_kingdom"
    SEPA = "sepa"
    DEPOSIT = "deposit"
    """Nothing but the word."""
    ACH_CREDIT = "ach_credit"


class SpeakerKind(StrEnum):
    """What kind of payer stands behind a line."""

    STRIPE = "stripe"
    """A Stripe payout, ours or anybody's."""
    RETURN = "return"
    """A credit from Stripe going back."""
    PROCESSOR = "processor"
    CUSTOMER = "customer"
    OUTGOING = "outgoing"


@attrs.frozen(kw_only=True)
class Speaker:
    """Who pays, and what it calls itself: `name` is the originator's, `entry` the purpose, `payee` the company paid."""

    kind: SpeakerKind
    name: str
    payee: str
    entry: str = "TRANSFER"
    company_id: str = "1800948598"


@attrs.frozen
class Voice:
    """What a line says. `{ref}`, `{trace}`, `{day}` and `{trn}` stand for numbers that tell nothing by themselves."""

    template: str
    counterparty: str | None = None
    company_id: str | None = None

    @property
    def prints_trace(self) -> bool:
        """The line carries a trace number."""
        return "{trace}" in self.template


PROCESSORS: Final = (
    ("Square Inc", "SDV-VRFY", "9424300002"),
    ("PAYPAL", "TRANSFER", "PAYPALSD11"),
    ("SHOPIFY", "TRANSFER", "4270465600"),
    ("AMAZON.COM SVCS", "PAYMENTS", "1352465110"),
    ("INTUIT 12345678", "DEPOSIT", "9215986202"),
    ("TOAST", "DEP AUG 04", "1204388434"),
    ("CLOVER", "DEPOSIT", "1204388435"),
    ("ADYEN N.V.", "SETTLEMENT", "1371234567"),
)
PLATFORMS: Final = ("gumroad.com", "Tekmetric Payments", "Policapital", "Secret Garden Rooms", "City of Worcester")
_LETTERS: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def stripe_reference(rng: Random) -> str:
    """`ST-` and twelve alternating letters and digits: Stripe's own number, which its API does not know."""
    return "ST-" + "".join(rng.choice(_LETTERS) + str(rng.randrange(10)) for _ in range(6))


def trace_number(rng: Random) -> str:
    """Fifteen digits, the first eight the originating bank's."""
    return rng.choice(("09100001", "11100002", "04330513")) + f"{rng.randrange(10**7):07d}"


def voice(family: Family, speaker: Speaker) -> Voice:
    """How a bank of this family prints this payer."""
    match speaker.kind:
        case SpeakerKind.RETURN:
            return _return_voice(family, speaker)
        case SpeakerKind.CUSTOMER:
            return _customer_voice(family, speaker)
        case SpeakerKind.OUTGOING:
            return Voice(f"{speaker.entry} {speaker.name}".upper().replace("{", "").replace("}", ""), speaker.name)
        case SpeakerKind.STRIPE | SpeakerKind.PROCESSOR:
            return _ach_voice(family, speaker)


def _is_plain(speaker: Speaker) -> bool:
    return speaker.kind is SpeakerKind.STRIPE and speaker.name.upper() == "STRIPE"


def _ach_voice(family: Family, speaker: Speaker) -> Voice:  # noqa: C901 (one case a bank)
    name, entry, payee = speaker.name, speaker.entry, speaker.payee.upper()
    ref = "{ref}" if speaker.kind is SpeakerKind.STRIPE else "T{trn}"
    match family:
        case Family.CHASE:
            entry = entry[:10] if len(entry) >= 10 else f"{entry} "  # ten letters leave no room for a blank
            return Voice(
                f"ORIG CO NAME:{name[:16]} ORIG ID:{speaker.company_id} DESC DATE:{{day}} "
                f"CO ENTRY DESCR:{entry}SEC:CCD TRACE#:{{trace}} EED:{{day}} IND ID:{ref} IND NAME:{payee[:22]} "
                "TRN: {trn}TC"
            )
        case Family.CHASE_MASKED:
            return Voice(f"Orig Co Name:{name[:16].lower()} Orig ID:x{speaker.company_id[-4:]}")
        case Family.WELLS_FARGO:
            return Voice(f"{name[:16].upper()} {entry[:10]} {ref} {payee}")
        case Family.BANK_OF_AMERICA:
            return Voice(
                f"{name[:16].upper()} DES:{entry[:10]} ID:{ref} INDN:{payee[:22]} CO ID:{speaker.company_id} CCD"
            )
        case Family.MERCURY:
            return Voice(f"{name[:22].upper()} {entry[:10]} {ref}", name[:22].title(), speaker.company_id)
        case Family.GENERIC_US:
            return Voice(f"{name[:22].upper()} {entry[:10]} {ref}")
        case Family.CLEANED:
            return Voice(name[:16].title() if not _is_plain(speaker) else "Stripe", None)
        case Family.TD_CANADA:
            return Voice(f"{name[:16].upper()} MSP" if _is_plain(speaker) else f"{name[:16].upper()} PAY")
        case Family.NEW_ZEALAND:
            shown = (
                f"{name.upper()} TRF {{trn}} Stripe Payments"
                if speaker.kind is SpeakerKind.STRIPE
                else f"{name.upper()} {{trn}}"
            )
            return Voice(f"Direct Credit {shown}")
        case Family.UNITED_KINGDOM:
            if speaker.kind is SpeakerKind.STRIPE:
                own = "" if _is_plain(speaker) else f" {name[:18].upper()}"
                return Voice(f"STRIPE PAYMENTS UK{own} FPI", "Stripe Payments UK Ltd")
            return Voice(f"{name.upper()} BGC", name)
        case Family.SEPA:
            if speaker.kind is SpeakerKind.STRIPE:
                own = "STRIPE" if _is_plain(speaker) else name[:22].upper()
                return Voice(
                    f"SEPA Credit Transfer {own} {ref} Stripe Technology Europe Lt d", "Stripe Technology Europe Ltd"
                )
            return Voice(f"SEPA Credit Transfer {name.upper()} {ref}", name)
        case Family.DEPOSIT:
            return Voice("DEPOSIT")
        case Family.ACH_CREDIT:
            return Voice("ACH CREDIT")


def _return_voice(family: Family, speaker: Speaker) -> Voice:
    if family in (Family.DEPOSIT, Family.ACH_CREDIT):
        return Voice("RETURNED ITEM")
    if family is Family.SEPA:
        return Voice(f"SEPA RETURN {speaker.name[:22].upper()} {{trn}} Stripe Technology Europe Lt d")
    return Voice(f"ACH RETURN {speaker.name[:16].upper()} {speaker.entry[:10]} {{trn}}")


def _customer_voice(family: Family, speaker: Speaker) -> Voice:
    if family is Family.DEPOSIT:
        return Voice("DEPOSIT")
    if family is Family.ACH_CREDIT:
        return Voice("ACH CREDIT")
    if family is Family.UNITED_KINGDOM:
        return Voice(f"{speaker.name.upper()} {{trn}} FPI", speaker.name)
    if family is Family.SEPA:
        return Voice(f"SEPA Gutschrift {speaker.name} RE {{trn}}", speaker.name)
    return Voice(f"{speaker.entry.upper()} {speaker.name.upper()} {{trn}}")
