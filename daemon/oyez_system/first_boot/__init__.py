"""Takes in what a person, or Raspberry Pi Imager, wrote on the boot partition. docs/first-boot.md."""
