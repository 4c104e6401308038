"""A simulated Stripe: its HTTP API and Connect OAuth on 127.0.0.1, driven by a clock that is moved by hand.

    async with simulated_stripe(seed="shop") as stripe:
        platform = stripe.simulation.open_platform()
        account = stripe.simulation.open_account()
        stripe.simulation.connect(platform, account)
        charges.charge(account, 5_000)
        await stripe.advance(7 * DAY)          # settled, paid out, in the bank; webhooks sent on the way
        client = StripeClient(stripe.simulation.secret_key(platform), base_addresses=stripe.base_addresses, …)

What it answers has the shape of API version 2026-10-28.endive. What happens to an account is done by functions of the
modules named for it (`charges`, `refunds`, `disputes`, `payouts`, `invoices`, …), each taking the account's book;
`world_player` plays a whole generated world. The same seed and the same actions give the same bytes. Every docstring
says where a behaviour comes from: documented by Stripe (with the page), seen (in its SDK or in public data), or
assumed. What nobody outside of Stripe knows is a switch in `Switches`.

Not simulated: reports, search, subscriptions, invoice items that wait for a later invoice, checkout, issuing, the API's
version 2 (thin events can be sent), parts of the balance by source type, the week that a new account waits for its
first payout, and the bank holidays of Japan and Hungary. What is not simulated is refused, as unknown, not ignored.
"""

from adapters.simulator.stripe.simulated_stripe import SimulatedStripe, simulated_stripe

__all__ = ["SimulatedStripe", "simulated_stripe"]
