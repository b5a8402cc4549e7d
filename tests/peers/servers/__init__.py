"""Other people's Realtime servers, spoken to by our client."""
