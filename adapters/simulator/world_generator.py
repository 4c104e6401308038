"""A company's world from its law and a seed: byte for byte the same for the same law and seed."""

from datetime import timedelta
from random import Random

import attrs

from adapters.simulator.bank_maker import BankMaker
from adapters.simulator.decidability import with_posteriors
from adapters.simulator.laws import BankLaw, CompanyLaw
from adapters.simulator.payout_maker import account_mask, last_day, make_payouts, token
from adapters.simulator.posterior import BankObserver
from adapters.simulator.world import CompanyWorld, MadeLine, TrueLink, Truth
from domain.bank_deposit import BankAccount, BankAccountId, BankDeposit, BankDepositId, BankDepositStatus
from domain.company_facts import CompanyFacts
from domain.payout import PayoutId


def make_company(law: CompanyLaw, seed: str, *, decide: bool = True) -> CompanyWorld:
    """One company's world. Without `decide` the truth bears no posteriors, which is much faster."""
    payouts = make_payouts(law, Random(f"{seed}/payouts"))
    lines: list[MadeLine] = []
    links: list[TrueLink] = []
    missing: list[PayoutId] = []
    accounts: list[BankAccount] = []
    deposits: list[BankDeposit] = []
    copies: dict[BankDepositId, BankDepositId] = {}
    for bank, bank_law in enumerate(law.banks):
        maker = BankMaker(law, bank, Random(f"{seed}/bank/{bank}"))
        own = [made for made in payouts if made.law.bank == bank]
        maker.make(own)
        if not bank_law.in_feed:
            continue
        found = maker.links
        if decide:
            found = with_posteriors(BankObserver(law, bank, own, maker.lines), found, own, maker.lines)
        links.extend(_with_numbered_sets(found, bank))
        lines.extend(maker.lines)
        missing.extend(made.payout.id for made in maker.missing)
        feed = _Feed(law, bank, maker, Random(f"{seed}/feed/{bank}"))
        accounts.extend(feed.accounts)
        deposits.extend(feed.deposits)
        copies.update(feed.copies)
    shuffler = Random(f"{seed}/order")
    shuffler.shuffle(deposits)
    facts = CompanyFacts(
        payouts=tuple(made.payout for made in payouts), accounts=tuple(accounts), deposits=tuple(deposits)
    )
    truth = Truth(links=tuple(links), copies=copies, missing=tuple(missing))
    return CompanyWorld(
        name=law.name,
        as_of=last_day(law),
        facts=facts,
        truth=truth,
        law=law,
        payouts=tuple(payouts),
        lines=tuple(lines),
    )


def _with_numbered_sets(links: list[TrueLink], bank: int) -> list[TrueLink]:
    return [
        link if link.interchangeable is None else attrs.evolve(link, interchangeable=link.interchangeable * 100 + bank)
        for link in links
    ]


class _Feed:
    """The physical lines of one account as feeds bring them: pending first, and twice where it was linked again."""

    def __init__(self, law: CompanyLaw, bank: int, maker: BankMaker, rng: Random) -> None:
        self.rng, self.bank_law = rng, law.banks[bank]
        self.copies: dict[BankDepositId, BankDepositId] = {}
        self.deposits: list[BankDeposit] = []
        first = _account(self.bank_law, bank, maker.account_id, f"{law.name}: first link")
        if self.bank_law.cut_start or self.bank_law.cut_end:
            first = attrs.evolve(first, covered_from=maker.seen.first, covered_to=maker.seen.last)
        self.accounts = [first]
        lines = [line.deposit for line in maker.lines]
        if self.bank_law.relinked:
            lines = self._linked_again(law, bank, lines)
        for line in lines:
            self._through_feed(line)

    def _linked_again(self, law: CompanyLaw, bank: int, lines: list[BankDeposit]) -> list[BankDeposit]:
        again = BankAccountId(f"acc_{bank}_{token(self.rng, '')[:16]}")
        self.accounts.append(_account(self.bank_law, bank, again, f"{law.name}: second link"))
        first_ends = law.first_day + timedelta(days=law.days * 2 // 3)
        second_begins = law.first_day + timedelta(days=law.days // 3)
        kept: list[BankDeposit] = []
        for line in lines:
            copy = attrs.evolve(line, account=again, id=BankDepositId(token(self.rng, "line_")))
            if line.date <= first_ends:
                kept.append(line)
            if line.date >= second_begins:
                kept.append(copy)
                self.copies[copy.id] = line.id
        return kept

    def _through_feed(self, line: BankDeposit) -> None:
        if self.rng.random() >= self.bank_law.pending_share:
            self.deposits.append(line)
            return
        pending = attrs.evolve(
            line,
            id=BankDepositId(token(self.rng, "line_")),
            status=BankDepositStatus.WITHDRAWN if self.rng.random() < 0.5 else BankDepositStatus.PENDING,
            date=line.date - timedelta(days=1),
        )
        self.deposits.extend((pending, attrs.evolve(line, pending_id=pending.id)))


def _account(law: BankLaw, bank: int, id: BankAccountId, feed: str) -> BankAccount:
    return BankAccount(
        id=id,
        feed=feed,
        institution=law.institution,
        name="Business Checking",
        mask=account_mask(bank),
        currency=law.currency,
    )
