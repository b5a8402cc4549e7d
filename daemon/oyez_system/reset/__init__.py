"""Factory reset: the device forgets all that was set up, recorded and learnt; both systems stay. docs/first-boot.md.

It is asked for by a file on the boot partition, by a button that is held while the power comes on, or by MQTT.
"""
