"""Line: the live link to the Realtime service."""
