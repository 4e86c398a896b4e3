"""Contract tests that every backend passes; an author of a backend inherits them."""
