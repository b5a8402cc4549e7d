"""`oyez demo`: the main job with nothing but this machine, told live and left as sound, picture and JSON."""
