"""Ears: what the room says, from the card to the gate."""
