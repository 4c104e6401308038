"""What the core needs of the world outside (a small Protocol a file), and, in `use_cases`, what it offers."""
