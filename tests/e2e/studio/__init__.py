"""The studio in a real browser, against a real server, over runs that real scripts recorded."""
