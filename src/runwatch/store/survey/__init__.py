"""What a table of many runs asks, answered from any store: ranks, rows by position, names, groups."""
