"""The commands of oyez-hw that use a card. Thin: each opens it, asks a measurement, and says what came out."""
