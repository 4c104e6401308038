"""The syntax under every file reader: bytes to text, text to JSON values or CSV rows. Pure; standard library only.

It stands here, not in an adapter, because adapters never import each other and several of them read JSON and CSV.
"""
