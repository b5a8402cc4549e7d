"""A wake phrase of one's own, from three recordings. Pure but for its files."""
