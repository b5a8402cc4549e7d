"""The device's own voice taken out of what it hears. Pure."""
