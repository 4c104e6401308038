"""The certificate of completeness of one company, as of a day."""

from datetime import date

import attrs

from domain.company import CompanyId
from domain.completeness import CompletenessCertificate, OpenQuestions, certify, open_questions
from domain.matching.deposit_matching import decide_deposits
from domain.matching_rule import as_read, said_by_rules
from domain.payout_breakdown import break_down_payouts
from domain.reconciliation_outcome import Reconciliation
from ports.facts import Everything
from ports.reconciliation_record import StandingsWanted
from ports.transaction import Store
from ports.use_cases.in_thread import in_thread
from ports.use_cases.statement_breaks import statement_breaks


@attrs.frozen(kw_only=True)
class ProvedCompany:
    """What was proved, and what is left open."""

    certificate: CompletenessCertificate
    questions: OpenQuestions
    model_version: str
    facts_known: int
    """Payouts and bank lines that it speaks of."""


async def prove_company(company: CompanyId, *, as_of: date, store: Store) -> ProvedCompany:
    """Decides everything that is known, as of this day and under the company's model, and adds it up; keeps nothing."""
    async with store.snapshot(company) as snapshot:
        facts = await snapshot.facts.load(Everything())
        people = [each.decision for each in await snapshot.decisions.in_force()]
        rules = (await snapshot.matching_rules.in_force()).rules
        read = as_read(facts, rules)
        ruled = said_by_rules(read.deposits, rules, people)
        basis = await snapshot.reconciliation.basis()
        model = None if basis is None else await snapshot.reconciliation.model(basis.model)
        if basis is not None and model is not None:
            found = await snapshot.reconciliation.find(
                StandingsWanted(all_learned=True, all_accepted=basis.accepted_up_to)
            )
            model = attrs.evolve(model, learned_from=found.learned)
            accepted = found.accepted
        else:
            accepted = frozenset()
        of_statements = await statement_breaks((account.id for account in facts.accounts), snapshot)

    def proved() -> ProvedCompany:
        reconciliation: Reconciliation = decide_deposits(
            read,
            as_of=as_of,
            model=model,
            decisions=(*people, *ruled),
            accepted=accepted if basis is not None and basis.accepted_up_to is not None else (),
            same_accounts=None if basis is None else basis.same_accounts,
        ).reconciliation()
        breakdowns = break_down_payouts(facts)
        certificate = certify(facts, reconciliation, breakdowns)
        breaks = sorted({*reconciliation.breaks, *breakdowns.breaks, *of_statements})
        return ProvedCompany(
            certificate=certificate,
            questions=open_questions(certificate, reconciliation, breakdowns, breaks),
            model_version=reconciliation.model_version,
            facts_known=len(facts.payouts) + len(facts.deposits),
        )

    return await in_thread(proved)
