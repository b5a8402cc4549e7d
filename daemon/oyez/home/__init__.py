"""Home: the device on the house's MQTT broker."""
