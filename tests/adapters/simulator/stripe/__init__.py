"""Tests of the simulated Stripe: most of them ask it through Stripe's own SDK, over real HTTP."""
