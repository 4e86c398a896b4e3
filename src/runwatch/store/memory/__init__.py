"""The memory backend: a store as plain dicts, which the others are compared to."""
