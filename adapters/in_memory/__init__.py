"""Honest fakes of the ports, for tests and for developers who build on Tieout."""
