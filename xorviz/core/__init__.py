"""The computing core: configuration, network, rules of values, numbers as text."""
