"""The rest of the ladder, once systemd has given the daemon up. docs/systemd.md."""
