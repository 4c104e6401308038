"""Matches, candidates, decisions, expected deposits, breaks and proof, as a partner's program sees them."""

from typing import Any

from tests.entrypoints.http.service import bearer, work_done
from tests.entrypoints.http.test_facts_by_http import CHECKING, Partner, line, partner, payout, usd

NOTE = {"note": "told by telephone"}


async def reconciled(we: Partner) -> None:
    await work_done(we.services)


async def a_month(we: Partner) -> dict[str, str]:
    """Five payouts, and lines for the first four; the ids by external id."""
    account = (await we.ask("POST", "./bank/accounts", json=CHECKING))[1]["id"]
    payouts = [payout(f"out_{n}", 300_007 + 1_013 * n, arrival_date=f"2026-06-0{n}") for n in range(1, 6)]
    lines = [line(account, f"line_{n}", 300_007 + 1_013 * n, date=f"2026-06-0{n}") for n in range(1, 5)]
    lines.append(line(account, "rent", -120_000, date="2026-06-03", text="GATEWAY PROPERTY RENT"))
    ids: dict[str, str] = {}
    for path, told in (("./payouts", payouts), ("./deposits", lines)):
        _, answer = await we.ask("POST", path, json={"data": told})
        ids |= {each["external_id"]: each["id"] for each in answer["data"]}
    await reconciled(we)
    return ids


async def matches(we: Partner, **params: str) -> list[dict[str, Any]]:
    status, page = await we.ask("GET", "./matches", params=params)
    assert status == 200
    return list(page["data"])


async def test_what_the_engine_matched_is_listed_with_its_evidence_and_history() -> None:
    async with partner() as we:
        ids = await a_month(we)

        (match,) = await matches(we, record=ids["out_2"])
        _, read = await we.ask("GET", f"./matches/{match['id']}")

        assert (match["status"], match["payouts"], match["deposits"]) == ("matched", [ids["out_2"]], [ids["line_2"]])
        assert sum(each["millinats"] for each in match["evidence"]) >= match["margin_millinats"]
        assert "Arrived" in match["explanation"]
        assert (read["status"], read["said"], read["history"]) == ("matched", None, [match])
        assert len(await matches(we)) == 4
        _, told = await we.ask("GET", f"./payouts/{ids['out_2']}")
        _, seen = await we.ask("GET", f"./deposits/{ids['line_2']}")
        _, listed = await we.ask("GET", "./deposits", params={"external_id": "rent"})
        assert (told["outcome"], told["match"]) == (seen["outcome"], seen["match"]) == ("matched", match["id"])
        assert [(each["outcome"], each["match"]) for each in listed["data"]] == [("not_stripe", None)]


async def test_a_rejected_match_goes_and_comes_back_when_that_is_reversed() -> None:
    async with partner() as we:
        ids = await a_month(we)
        (match,) = await matches(we, record=ids["out_2"])

        status, said = await we.ask("POST", f"./matches/{match['id']}/reject", json=NOTE)
        _, at_once = await we.ask("GET", f"./matches/{match['id']}")
        await reconciled(we)
        gone = await matches(we, record=ids["out_2"])
        rejected = await matches(we, status="rejected")
        _, read = await we.ask("GET", f"./matches/{match['id']}")
        _, taken_back = await we.ask("POST", f"./matches/{match['id']}/reverse", json=NOTE)
        await reconciled(we)
        (again,) = await matches(we, record=ids["out_2"])

        assert (status, said["status"], said["note"]) == (200, "rejected", NOTE["note"])
        assert (at_once["status"], at_once["said"]["note"]) == ("rejected", NOTE["note"])
        assert gone == []
        assert [(each["id"], each["status"], each["version"]) for each in rejected] == [(match["id"], "rejected", 2)]
        assert read["status"] == "rejected"
        assert await matches(we, status="rejected") == []
        assert taken_back["status"] == "reversed"
        assert (again["id"], again["status"], again["version"]) == (match["id"], "matched", 3)


async def test_what_was_rejected_is_told_to_whoever_asks_what_changed() -> None:
    async with partner() as we:
        ids = await a_month(we)
        await we.ask("POST", f"./matches/{(await matches(we, record=ids['out_2']))[0]['id']}/reject", json=NOTE)
        await reconciled(we)

        (rejected,) = await matches(we, status="rejected")
        changed = await matches(we, updated_since=rejected["updated"])
        only = await matches(we, updated_since=rejected["updated"], status="rejected")

        assert rejected in changed
        assert only == [rejected]


async def test_a_match_by_hand_stands_at_once_and_above_the_engine() -> None:
    async with partner() as we:
        ids = await a_month(we)
        by_hand = {"payouts": [ids["out_5"]], "deposits": [ids["rent"]], **NOTE}

        status, made = await we.ask("POST", "./matches", json=by_hand)
        _, at_once = await we.ask("GET", f"./matches/{made['id']}")
        clash = {"payouts": [ids["out_1"]], "deposits": [ids["rent"]], **NOTE}
        refused, problem = await we.ask("POST", "./matches", json=clash)
        await reconciled(we)
        (kept,) = await matches(we, record=ids["rent"])

        assert (status, made["status"]) == (200, "confirmed")
        assert (at_once["status"], at_once["history"]) == ("confirmed", [])
        assert (refused, problem["type"]) == (409, "/docs/problems#conflict")
        assert (kept["id"], kept["status"]) == (made["id"], "confirmed")
        absent = {"payouts": ["po_absent"], "deposits": [ids["rent"]], **NOTE}
        refused, problem = await we.ask("POST", "./matches", json=absent)
        assert (refused, [each["pointer"] for each in problem["errors"]]) == (422, ["/payouts/0"])


async def test_many_verdicts_are_kept_together_or_not_at_all() -> None:
    async with partner() as we:
        await a_month(we)
        found = await matches(we)
        verdicts = [{"match": each["id"], "verdict": "confirm", **NOTE} for each in found]

        absent = {"match": "match_absent00", "verdict": "reject", **NOTE}
        refused, _ = await we.ask("POST", "./matches/bulk", json={"data": [*verdicts, absent]})
        await reconciled(we)
        untouched = {each["status"] for each in await matches(we)}
        status, decided = await we.ask("POST", "./matches/bulk", json={"data": verdicts})
        await reconciled(we)

        assert (refused, untouched) == (422, {"matched"})
        assert (status, {each["status"] for each in decided["data"]}) == (200, {"confirmed"})
        assert {each["status"] for each in await matches(we)} == {"confirmed"}


async def test_a_line_that_is_not_stripes_is_left_alone_until_that_is_taken_back() -> None:
    async with partner() as we:
        ids = await a_month(we)

        _, said = await we.ask("POST", f"./deposits/{ids['line_1']}/not_stripe", json=NOTE)
        _, again = await we.ask("POST", f"./deposits/{ids['line_1']}/not_stripe", json=NOTE)
        await reconciled(we)
        gone = await matches(we, record=ids["line_1"])
        await we.ask("POST", f"./deposits/{ids['line_1']}/not_stripe/reverse", json=NOTE)
        await reconciled(we)

        assert (said["changed"], again["changed"], gone) == (True, False, [])
        assert len(await matches(we, record=ids["line_1"])) == 1
        absent, _ = await we.ask("POST", "./deposits/dep_absent00/not_stripe", json=NOTE)
        assert absent == 404


async def test_a_rule_of_the_persons_own_is_kept_applied_and_removed() -> None:
    async with partner() as we:
        ids = await a_month(we)
        said = {"kind": "not_stripe", "text": "stripe  transfer", "sign": "credit"}

        status, rule = await we.ask("POST", "./rules", json=said)
        _, again = await we.ask("POST", "./rules", json=said)
        _, listed = await we.ask("GET", "./rules")
        await reconciled(we)
        ruled = await matches(we)
        _, deposit = await we.ask("GET", f"./deposits/{ids['line_1']}")
        answer = await we.client.delete(f"/v1/companies/{we.company}/rules/{rule['id']}", headers=bearer(we.secret))
        await reconciled(we)

        assert (status, again, listed["data"]) == (200, rule, [rule])
        assert (ruled, deposit["outcome"]) == ([], "not_stripe")
        assert rule["id"] in deposit["outcome_reason"]
        assert answer.status == 204
        assert len(await matches(we)) == 4
        refused, problem = await we.ask("POST", "./rules", json={**said, "account": "ba_absent"})
        assert (refused, problem["errors"][0]["pointer"]) == (422, "/account")


async def test_candidates_of_a_line_come_with_their_evidence_the_likeliest_first() -> None:
    async with partner() as we:
        ids = await a_month(we)

        status, found = await we.ask("GET", f"./deposits/{ids['line_3']}/candidates")
        _, none = await we.ask("GET", f"./deposits/{ids['rent']}/candidates")

        assert status == 200
        assert found["data"][0]["payouts"] == [ids["out_3"]]
        assert sum(each["millinats"] for each in found["data"][0]["evidence"]) == found["data"][0]["millinats"]
        assert none["data"] == []


async def test_what_is_expected_is_listed_and_the_proof_adds_up() -> None:
    async with partner() as we:
        ids = await a_month(we)

        _, expected = await we.ask("GET", "./expected_deposits")
        _, late = await we.ask("GET", "./expected_deposits", params={"outcome": "in_transit"})
        status, proof = await we.ask("GET", "./proof")
        refused, _ = await we.ask("GET", "./proof", params={"as_of": "2999-01-01"})

        assert [each["id"] for each in expected["data"]] == [ids["out_5"]]
        assert expected["data"][0]["outcome"] in ("late", "missing")
        assert late["data"] == []
        assert (status, refused, proof["holds"]) == (200, 400, True)
        (dollars,) = proof["currencies"]
        assert dollars["paid_out"] == usd(sum(300_007 + 1_013 * n for n in range(1, 6)))
        assert dollars["late_or_missing"] == usd(300_007 + 1_013 * 5)
        assert proof["open_questions"]["late_or_missing"] == 1
