"""Records of every kind that somebody has, made over HTTP, to be asked for by somebody else."""

from collections.abc import Mapping
from typing import Any

from domain.company import CompanyId
from tests.entrypoints.http.live_service import LiveService


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
        "what_if": what_if["id"],
        "endpoint": endpoint["endpoint"]["id"],
        "key": key["key"]["id"],
    }
