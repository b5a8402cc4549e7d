"""`oyez-system support`: everything that helps to find a fault, in one file that may be given to strangers."""
