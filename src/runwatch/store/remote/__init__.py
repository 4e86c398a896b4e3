"""A store behind a Runwatch server: the same five shelves, over HTTP."""
