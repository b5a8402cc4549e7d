"""A local Realtime server that really listens and really speaks."""
