"""What Home Assistant may show and command: one file a group, all of it pure."""
