"""The SQL backend of the store: SQLAlchemy Core over one SQLite file."""
