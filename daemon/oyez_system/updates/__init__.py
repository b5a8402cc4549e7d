"""New versions: looked for, fetched, checked, written into the other slot, tried, kept or gone back from.

docs/updates.md tells of it.
"""
