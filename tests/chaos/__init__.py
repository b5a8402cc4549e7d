"""Chaos: an hour of conversation in minutes, with a fault every few seconds. docs/chaos.md says how."""
