"""The folder that the demo submits: scripts as a user would write them."""
