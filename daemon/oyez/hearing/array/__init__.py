"""Microphone arrays: where a voice comes from, and many microphones into one. docs/arrays.md has the figures."""
