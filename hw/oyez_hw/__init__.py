"""What a board can do: hear, play, set its volume. It knows no conversation."""
