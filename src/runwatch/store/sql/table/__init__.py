"""The tables of the SQL store, one module a shelf; `metadata.METADATA` knows them all once they are imported."""
