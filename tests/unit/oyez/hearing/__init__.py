"""The ears and their pure parts."""
