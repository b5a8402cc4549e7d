"""Measurements of a board by its own loudspeaker and microphones. Pure: sound and times in, figures out."""
