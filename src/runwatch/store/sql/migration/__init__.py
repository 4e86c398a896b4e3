"""Alembic's migrations of the workspace database; imported only when a file is upgraded."""
