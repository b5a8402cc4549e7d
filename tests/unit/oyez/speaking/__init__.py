"""The voice and its pure parts."""
