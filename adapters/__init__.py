"""The world outside, behind the ports: providers, files, fakes and simulators."""
