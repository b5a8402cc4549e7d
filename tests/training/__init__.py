"""How the data that ships with Oyez was made. Run by hand, rarely; the results are committed."""
