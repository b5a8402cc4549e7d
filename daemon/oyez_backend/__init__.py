"""The backend that hands out ephemeral tokens and keeps the long-lived key."""
