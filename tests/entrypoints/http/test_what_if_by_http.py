"""What if, as a partner's program and a company's bookkeeper see it."""

from typing import Any

import pytest

from tests.entrypoints.http.callers import ACME, BOOKKEEPERS_SESSION, PARTNERS_KEY, SISTER
from tests.entrypoints.http.live_service import live_service
from tests.entrypoints.http.records_of_others import some_records
from tests.entrypoints.http.service import work_done
from tests.entrypoints.http.test_facts_by_http import Partner, line, partner, usd
from tests.entrypoints.http.test_matches_by_http import NOTE, a_month, matches, reconciled

NOT_STRIPE = {"kind": "not_stripe", "text": "STRIPE TRANSFER", "note": "the landlord's"}


async def asked(we: Partner, **changes: Any) -> dict[str, Any]:
    status, answer = await we.ask("POST", "./what_if", json=changes)
    assert status == 201, answer
    return dict(answer)


async def everything(we: Partner) -> list[Any]:
    """All that asking must leave as it is."""
    return [
        (await we.ask("GET", path))[1]
        for path in ("./matches", "./payouts", "./deposits", "./breaks", "./rules", "./proof", "/v1/events")
    ]


async def test_a_rejected_match_is_seen_before_it_is_rejected() -> None:
    async with partner() as we:
        ids = await a_month(we)
        (match,) = await matches(we, record=ids["out_2"])
        before = await everything(we)

        what_if = await asked(we, verdicts=[{"match": match["id"], "verdict": "reject", **NOTE}])
        _, read = await we.ask("GET", f"./what_if/{what_if['id']}")
        unchanged = await everything(we)
        status, applied = await we.ask("POST", f"./what_if/{what_if['id']}/apply")
        _, at_once = await we.ask("GET", f"./matches/{match['id']}")
        await reconciled(we)
        _, told = await we.ask("GET", f"./payouts/{ids['out_2']}")
        _, seen = await we.ask("GET", f"./deposits/{ids['line_2']}")
        _, proof = await we.ask("GET", "./proof")

    assert (read, unchanged) == (what_if, before)
    assert (what_if["status"], what_if["up_to_date"], what_if["as_of"]) == ("open", True, "2026-06-30")
    assert (what_if["expires"], what_if["applied"]) == ("2026-07-01T04:00:00Z", None)
    (foretold,) = what_if["effect"]["matches"]
    assert (foretold["id"], foretold["before"], foretold["after"]) == (match["id"], "matched", None)
    (payout,), (deposit,) = what_if["effect"]["payouts"], what_if["effect"]["deposits"]
    assert (payout["id"], payout["amount"]) == (ids["out_2"], usd(302_033))
    assert (payout["before"], payout["after"]) == ("matched", told["outcome"])
    assert payout["reason"]
    assert (deposit["id"], deposit["before"], deposit["after"]) == (ids["line_2"], "matched", seen["outcome"])
    (totals,) = what_if["effect"]["totals"]
    figures = ("paid_out", "matched", "in_transit", "late_or_missing", "in_review", "failed_or_canceled")
    (is_now,) = proof["currencies"]
    assert {name: totals["after"][name] for name in figures} == {name: is_now[name] for name in figures}
    (was,) = before[5]["currencies"]
    assert {name: totals["before"][name] for name in figures} == {name: was[name] for name in figures}
    assert totals["before"] != totals["after"]
    assert (status, applied["status"], applied["applied"]) == (200, "applied", "2026-06-30T12:00:00Z")
    assert {**applied, "status": "open", "applied": None, "applied_by": None} == what_if
    assert (at_once["status"], at_once["said"]["note"]) == ("rejected", NOTE["note"])


async def test_a_rule_shows_all_that_it_would_reverse_and_then_does() -> None:
    async with partner() as we:
        await a_month(we)
        what_if = await asked(we, add_rules=[NOT_STRIPE])
        _, rules = await we.ask("GET", "./rules")
        await we.ask("POST", f"./what_if/{what_if['id']}/apply")
        await reconciled(we)
        left = await matches(we)
        _, held = await we.ask("GET", "./rules")
        again = await asked(we, remove_rules=[{"rule": held["data"][0]["id"]}])

    assert rules["data"] == []
    assert (what_if["counts"]["matches_reversed"], what_if["counts"]["payouts"]) == (4, 4)
    assert {each["after"] for each in what_if["effect"]["deposits"]} == {"not_stripe"}
    assert (left, len(held["data"])) == ([], 1)
    assert again["counts"]["matches_new"] == 4


async def test_who_applies_it_is_the_one_who_did_it() -> None:
    async with live_service() as service:
        ids = await some_records(service, ACME, PARTNERS_KEY)
        base = f"/v1/companies/{ACME}"
        body = {"verdicts": [{"match": ids["match"], "verdict": "reverse", "note": "wrong number"}]}
        await work_done(service.services)
        asked_ = (await service.ask("POST", f"{base}/what_if", body=body)).json
        applied = await service.ask("POST", f"{base}/what_if/{asked_['id']}/apply", secret=BOOKKEEPERS_SESSION)
        rows = (await service.ask("GET", f"{base}/audit?limit=2")).json["data"]

    bookkeeper = "bookkeeper@acme.example"
    assert (applied.status, applied.json["applied_by"]) == (200, bookkeeper)
    assert sorted((each["action"], each["subject"], each["who"], each["note"]) for each in rows) == [
        ("match.reversed", ids["match"], {"kind": "bookkeeper", "id": bookkeeper}, "wrong number"),
        ("what_if.applied", asked_["id"], {"kind": "bookkeeper", "id": bookkeeper}, ""),
    ]


async def test_what_is_still_being_worked_out_can_be_looked_at_but_not_applied() -> None:
    async with live_service() as service:
        ids = await some_records(service, ACME, PARTNERS_KEY)
        base = f"/v1/companies/{ACME}"
        body = {"verdicts": [{"match": ids["match"], "verdict": "reverse", "note": "wrong number"}]}
        early = (await service.ask("POST", f"{base}/what_if", body=body)).json
        refused = await service.ask("POST", f"{base}/what_if/{early['id']}/apply")
        read = (await service.ask("GET", f"{base}/what_if/{early['id']}")).json

    assert not early["up_to_date"]
    assert (refused.status, refused.problem_kind) == (409, "outdated")
    assert read == early


async def test_it_is_applied_once_and_a_repeated_request_gets_the_first_answer() -> None:
    async with partner() as we:
        ids = await a_month(we)
        (match,) = await matches(we, record=ids["out_2"])
        what_if = await asked(we, verdicts=[{"match": match["id"], "verdict": "confirm", **NOTE}])
        path = f"/v1/companies/{we.company}/what_if/{what_if['id']}/apply"
        headers = {"Authorization": f"Bearer {we.secret}", "Idempotency-Key": "once"}

        first = await we.client.post(path, headers=headers)
        replayed = await we.client.post(path, headers=headers)
        status, problem = await we.ask("POST", f"./what_if/{what_if['id']}/apply")

        assert (first.status, replayed.status) == (200, 200)
        assert await replayed.json() == await first.json()
        assert replayed.headers["Idempotent-Replayed"] == "true"
    assert (status, problem["type"]) == (409, "/docs/problems#conflict")
    assert "applied already" in problem["detail"]


async def test_what_moved_since_is_said() -> None:
    async with partner() as we:
        ids = await a_month(we)
        (match,) = await matches(we, record=ids["out_2"])
        what_if = await asked(we, verdicts=[{"match": match["id"], "verdict": "reject", **NOTE}])
        _, accounts = await we.ask("GET", "./bank/accounts")
        account = accounts["data"][0]["id"]
        await we.ask("POST", "./deposits", json={"data": [line(account, "more", 77_000, date="2026-06-09")]})
        before = await everything(we)

        status, problem = await we.ask("POST", f"./what_if/{what_if['id']}/apply")
        _, still = await we.ask("GET", f"./what_if/{what_if['id']}")

        assert await everything(we) == before
    assert (status, problem["type"]) == (409, "/docs/problems#outdated")
    assert problem["detail"] == (
        "since it was asked, facts were recorded (1 new, 0 changed, 0 taken out); nothing was changed: ask again."
    )
    assert still == what_if


async def test_the_newest_question_is_listed_first_in_figures() -> None:
    async with partner() as we:
        await a_month(we)
        some = [await asked(we, add_rules=[{**NOT_STRIPE, "text": f"LANDLORD {n}"}]) for n in range(3)]
        _, first = await we.ask("GET", "./what_if", params={"limit": "2"})
        _, rest = await we.ask("GET", "./what_if", params={"starting_after": first["data"][-1]["id"]})
        bad, problem = await we.ask("GET", "./what_if", params={"starting_after": "whatif_absent"})

    listed = sorted((each["id"] for each in some), reverse=True)  # of one moment, so by id
    assert [each["id"] for each in first["data"]] + [each["id"] for each in rest["data"]] == listed
    assert (first["has_more"], rest["has_more"]) == (True, False)
    assert first["data"][0] == {
        name: each for name, each in next(s for s in some if s["id"] == listed[0]).items() if name != "effect"
    }
    assert (bad, problem["errors"][0]["parameter"]) == (400, "starting_after")


BY_HAND = {"payouts": ["po_absent"], "deposits": ["dep_absent"], **NOTE}
BAD: list[tuple[dict[str, Any], list[str]]] = [
    ({}, [""]),
    ({"verdicts": [{"match": "match_absent", "verdict": "reject", **NOTE}]}, ["/verdicts/0/match"]),
    ({"verdicts": [{"match": "match_absent", "verdict": "doubt", **NOTE}]}, ["/verdicts/0/verdict"]),
    ({"verdicts": [{"match": "m", "verdict": "reject", **NOTE}] * 2}, ["/verdicts/1/match"]),
    ({"verdicts": [{"match": "m", "verdict": "reject", **NOTE}] * 251}, ["/verdicts"]),
    ({"not_stripe": [{"deposit": "dep_absent", **NOTE}]}, ["/not_stripe/0/deposit"]),
    ({"not_stripe": [{"deposit": "dep_absent"}]}, ["/not_stripe/0/note"]),
    ({"matches": [BY_HAND]}, ["/matches/0/payouts/0", "/matches/0/deposits/0"]),
    ({"matches": [{**BY_HAND, "payouts": []}]}, ["/matches/0/payouts"]),
    ({"matches": [BY_HAND, BY_HAND]}, ["/matches/1"]),
    ({"add_rules": [{**NOT_STRIPE, "account": "acc_absent"}]}, ["/add_rules/0/account"]),
    ({"add_rules": [{**NOT_STRIPE, "text": " "}]}, ["/add_rules/0/text"]),
    (
        {"add_rules": [{**NOT_STRIPE, "amount": {"minor_units": 1, "currency": "xxx"}}]},
        ["/add_rules/0/amount/currency"],
    ),
    ({"add_rules": [NOT_STRIPE, {**NOT_STRIPE, "text": "stripe  TRANSFER"}]}, ["/add_rules/1"]),
    ({"remove_rules": [{"rule": "rule_absent"}]}, ["/remove_rules/0/rule"]),
    ({"undo": []}, ["/undo"]),
]


@pytest.mark.parametrize(("changes", "pointers"), BAD)
async def test_what_cannot_be_asked_is_pointed_at(changes: dict[str, Any], pointers: list[str]) -> None:
    async with partner() as we:
        await a_month(we)
        before = await everything(we)
        status, problem = await we.ask("POST", "./what_if", json=changes)
        _, listed = await we.ask("GET", "./what_if")

        assert await everything(we) == before
    assert (status, problem["type"]) == (422, "/docs/problems#invalid-fields")
    assert [each["pointer"] for each in problem["errors"]] == pointers
    assert listed["data"] == []


async def test_what_contradicts_a_persons_word_is_pointed_at() -> None:
    async with partner() as we:
        ids = await a_month(we)
        await we.ask("POST", f"./deposits/{ids['line_2']}/not_stripe", json=NOTE)
        by_hand = {"payouts": [ids["out_2"]], "deposits": [ids["line_2"]], **NOTE}
        status, problem = await we.ask("POST", "./what_if", json={"matches": [by_hand]})

    assert (status, problem["type"]) == (409, "/docs/problems#conflict")
    (error,) = problem["errors"]
    assert error["pointer"] == "/matches/0"
    assert ids["line_2"] in error["detail"]
    assert "take that back first" in error["detail"]


async def test_what_is_another_companys_is_like_what_is_not_there() -> None:
    async with live_service() as service:
        await some_records(service, ACME, PARTNERS_KEY)
        others = await some_records(service, SISTER, PARTNERS_KEY)
        absent = dict.fromkeys(others, "absent000000")

        async def said_of(ids: dict[str, str]) -> list[Any]:
            bodies: list[dict[str, Any]] = [
                {"verdicts": [{"match": ids["match"], "verdict": "confirm", **NOTE}]},
                {"not_stripe": [{"deposit": ids["deposit"], **NOTE}]},
                {"matches": [{"payouts": [ids["payout"]], "deposits": [ids["deposit"]], **NOTE}]},
                {"add_rules": [{**NOT_STRIPE, "account": ids["account"]}]},
                {"remove_rules": [{"rule": ids["rule"]}]},
            ]
            answers = [await service.ask("POST", f"/v1/companies/{ACME}/what_if", body=body) for body in bodies]
            return [(each.status, each.json["errors"]) for each in answers]

        theirs, nobodys = await said_of(dict(others)), await said_of(absent)

    assert theirs == nobodys
    assert {status for status, _ in theirs} == {422}


async def test_an_archived_company_is_asked_nothing() -> None:
    async with partner() as we:
        await a_month(we)
        what_if = await asked(we, add_rules=[NOT_STRIPE])
        await we.ask("DELETE", ".")
        status, problem = await we.ask("POST", "./what_if", json={"add_rules": [NOT_STRIPE]})
        refused, _ = await we.ask("POST", f"./what_if/{what_if['id']}/apply")
        read, _ = await we.ask("GET", f"./what_if/{what_if['id']}")

    assert (status, problem["type"]) == (409, "/docs/problems#company-archived")
    assert (refused, read) == (409, 200)
