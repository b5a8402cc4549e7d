"""What runs as root beside the daemon: first boot, updates, the end of the ladder, factory reset. docs/device.md."""
