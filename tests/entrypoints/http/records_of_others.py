"""Records of every kind that somebody has, made over HTTP, to be asked for by somebody else."""

from collections.abc import Mapping
from typing import Any

from domain.company import CompanyId
from tests.entrypoints.http.live_service import LiveService
from tests.entrypoints.http.seeded_invoices import seed_invoice


async def some_records(service: LiveService, company: CompanyId, secret: str) -> Mapping[str, str]:
    """One of each kind: the name of the parameter in routes' paths → the id."""

    async def made(path: str, body: object) -> Any:
        answer = await service.ask("POST", path, secret=secret, body=body)
        assert answer.status in (200, 201), answer.content
        return answer.json

    of_company = f"/v1/companies/{company}"
    amount = {"minor_units": 12_345, "currency": "usd"}
    account = await made(f"{of_company}/bank/accounts", {"external_id": "checking", "currency": "usd"})
    line = {"external_id": "line", "account": account["id"], "amount": amount, "date": "2026-06-30", "text": "STRIPE"}
    deposits = await made(f"{of_company}/deposits", {"data": [line]})
    payout = {"external_id": "payout", "amount": amount, "arrival_date": "2026-06-30"}
    payouts = await made(f"{of_company}/payouts", {"data": [payout]})
    by_hand = {
        "payouts": [payouts["data"][0]["id"]],
        "deposits": [deposits["data"][0]["id"]],
        "note": "said on the telephone",
    }
    match = await made(f"{of_company}/matches", by_hand)
    rule = await made(f"{of_company}/rules", {"kind": "not_stripe", "text": "GATEWAY PROPERTY"})
    integration = {"secret_key": f"sk_{'live' if secret.startswith('tie_live') else 'test'}_ofsomepartner00"}
    put = await service.ask("PUT", "/v1/integrations/stripe", secret=secret, body=integration)
    assert put.status == 200, put.content
    connected = await made(f"{of_company}/stripe/accounts", {"account": f"acct_of_{company}"})
    store, now = service.services.store, service.clock.now
    invoice = await seed_invoice(store, company, f"in_of_{company}", account=connected["account"], at=now)
    what_if = await made(f"{of_company}/what_if", {"remove_rules": [{"rule": rule["id"]}]})
    hook = {"url": "https://hooks.partner.example/tieout", "event_types": ["deposit.matched"]}
    endpoint = await made("/v1/webhook_endpoints", hook)
    key = await made("/v1/api_keys", {"name": "another"})
    return {
        "company": company,
        "account": account["id"],
        "deposit": deposits["data"][0]["id"],
        "payout": payouts["data"][0]["id"],
        "match": match["id"],
        "rule": rule["id"],
        "stripe_account": connected["account"],
        "invoice": invoice,
        "what_if": what_if["id"],
        "endpoint": endpoint["endpoint"]["id"],
        "key": key["key"]["id"],
    }
