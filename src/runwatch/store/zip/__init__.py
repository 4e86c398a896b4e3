"""Files of a run as a zip that is made while it is sent, under names that are safe everywhere."""
