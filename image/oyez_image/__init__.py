"""Builds the image of the SD card and the bundle that updates it: `python -m oyez_image`. docs/image.md."""
