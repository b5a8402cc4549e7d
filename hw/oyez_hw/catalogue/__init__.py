"""The catalogue of boards: one file each, with where every group of facts comes from."""

from oyez_hw.catalogue.entry import Entry as Entry
from oyez_hw.catalogue.reading import CatalogueError as CatalogueError
from oyez_hw.catalogue.shelf import board_names as board_names, known as known
