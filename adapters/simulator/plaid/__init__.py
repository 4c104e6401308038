"""A simulated Plaid: its HTTP API and its Link on 127.0.0.1, driven by a clock that is moved by hand.

    async with simulated_plaid(seed="shop") as plaid:
        simulation = plaid.simulation
        client = simulation.open_client()
        account = BankAccount(name="Business Checking", mask="4821", currency=USD, opening=Money(0, USD))
        bank = simulation.open_bank("Chase")
        bank.add_login("owner", account)
        account.post(Money(389_000, USD), date(2026, 4, 3), "ORIG CO NAME:STRIPE …")
        await plaid.advance(DAY)               # Plaid looked at the bank; webhooks sent on the way
        configuration = plaid_sdk.Configuration(host=plaid.url, api_key={"clientId": client.client_id, …})

Users connect their banks on plain pages, `/hl/…` and `/link?token=…`, or by functions of `Simulation.link`. What a bank
does to its lines are methods of `BankAccount`; what becomes of an Item's access is in `item_health`; `world_player`
plays a whole generated world, the same that the simulated Stripe plays. The same seed and the same actions give the
same bytes. Every docstring says where a behaviour comes from: documented by Plaid (with the page), seen (in its SDK or
in public data), or assumed. What nobody outside of Plaid knows is a switch in `Switches`.

Not simulated: products other than transactions and balance, OAuth at banks, multi-factor questions, the sandbox's
custom users, several Items in one session, Link's events, unofficial currencies, and hosts of their own for each
environment (the secret tells which it is). What is not simulated is refused, as unknown, not ignored.
"""

from adapters.simulator.plaid.simulated_plaid import SimulatedPlaid, simulated_plaid

__all__ = ["SimulatedPlaid", "simulated_plaid"]
