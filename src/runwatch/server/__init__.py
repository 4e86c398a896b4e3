"""Serves a store over HTTP: native API, live stream, sign-in and the studio's files."""
