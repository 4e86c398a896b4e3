"""Ways into Runwatch from other trackers."""
