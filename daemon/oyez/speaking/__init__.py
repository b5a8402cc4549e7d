"""Voice: what the room hears from us, and how much of it was heard."""
