"""The Realtime API for Python: messages, protocol, client."""
