"""A real Home Assistant, headless and on loopback, as a peer of the whole daemon. docs/peers.md says what it proves."""
