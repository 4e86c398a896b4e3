"""Numbers: typed columns, chunk encoding, the min/max pyramid, summaries; pure functions over numpy."""
