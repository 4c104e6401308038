"""Banks' statement files: OFX and QFX, and CSV. A further format is one more reader beside these."""
