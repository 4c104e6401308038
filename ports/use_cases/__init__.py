"""What the core offers: one function a file, load, decide, record."""
