"""The first wall: every statement that touches a company's table says whose rows it means.

What the whole run sent to the server is checked at its end, by `statements_carry_the_company` in conftest.py; here it
is checked that the check would notice.
"""

import pytest

from tests.adapters.postgres.statements import tables_without_company

COMPANY_TABLES = frozenset({"payouts", "deposits"})


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT * FROM payouts WHERE company_id = $1",
        "SELECT * FROM payouts AS p WHERE p.company_id = $1 AND NOT EXISTS "
        "(SELECT FROM payouts AS n WHERE n.company_id = p.company_id AND n.id = p.id)",
        "INSERT INTO payouts (company_id, id) VALUES ($1, $2) ON CONFLICT (company_id, id) DO NOTHING",
        "INSERT INTO payouts (company_id, id) SELECT $1, id FROM unnest($2::text[]) AS t (id)",
        "UPDATE deposits SET text = $2 WHERE company_id = $1",
        "DELETE FROM deposits WHERE company_id = $1",
        "SELECT * FROM work_list WHERE run_after < $1",
        "BEGIN; SET LOCAL tieout.company = 'co_acme0000'",
    ],
)
def test_a_statement_that_says_whose_rows_it_means_passes(sql: str) -> None:
    assert tables_without_company(sql, COMPANY_TABLES) == []


@pytest.mark.parametrize(
    ("sql", "table"),
    [
        ("SELECT * FROM payouts WHERE id = $1", "payouts"),
        ("SELECT * FROM tieout.payouts", "payouts"),
        ("SELECT * FROM payouts AS p JOIN deposits AS d ON d.amount = p.amount WHERE p.company_id = $1", "deposits"),
        ("INSERT INTO payouts (id, company_id) VALUES ($1, $2)", "payouts"),
        ("INSERT INTO payouts VALUES ($1, $2)", "payouts"),
        ("UPDATE deposits SET company_id = $1", "deposits"),
        ("DELETE FROM deposits WHERE id = $1", "deposits"),
        ("SELECT * FROM payouts WHERE company_id = $1 AND id IN (SELECT id FROM deposits)", "deposits"),
        ("WITH old AS (SELECT * FROM deposits) SELECT * FROM old", "deposits"),
    ],
)
def test_a_statement_that_does_not_is_noticed(sql: str, table: str) -> None:
    assert tables_without_company(sql, COMPANY_TABLES) == [table]
