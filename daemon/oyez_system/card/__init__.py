"""What lies where on the card, and how files there are changed so that a power cut at any moment does no harm."""
