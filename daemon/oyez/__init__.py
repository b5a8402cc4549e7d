"""The appliance: the daemon that runs on the device."""
