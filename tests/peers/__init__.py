"""Other people's Realtime clients and servers against ours: `make test-peers`. docs/peers.md tells what each proves."""
