"""Ways in: the command line and the benchmarks. Only `composition` names an adapter."""
