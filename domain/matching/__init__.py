"""Deposit matching: which payouts does each bank line carry? Solved exactly, refused where ambiguous, explained."""
