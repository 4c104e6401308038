"""Long-running proofs, `tieout prove`: seconds in the test suite, hours by hand."""
