"""The pure core: money, facts, matching and proof. No input or output, no clock, no framework."""
