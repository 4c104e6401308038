"""Encryption and signatures, by the cryptography library."""
