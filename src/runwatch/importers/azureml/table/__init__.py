"""One table of the original: its modules, names and members, what of them works, and what gives what."""
