"""Addresses of servers, as people give them."""

from __future__ import annotations

import pytest

from runwatch.store.remote.address import parse


@pytest.mark.parametrize(
    ("location", "url", "token"),
    [
        ("http://127.0.0.1:8970", "http://127.0.0.1:8970", ""),
        ("http://127.0.0.1:8970/#token=abc", "http://127.0.0.1:8970", "abc"),
        ("https://Runs.Example.org/", "https://runs.example.org", ""),
        ("https://runs.example.org:443/team/", "https://runs.example.org/team", ""),
        ("http://[::1]:8970", "http://[::1]:8970", ""),
    ],
)
def test_one_spelling_and_the_token_apart(location: str, url: str, token: str) -> None:
    address = parse(location)
    assert (address.url, address.token) == (url, token)
    assert parse(address.url).url == url


@pytest.mark.parametrize(
    ("host", "loopback"), [("localhost", True), ("127.0.0.9", True), ("[::1]", True), ("example.org", False)]
)
def test_loopback(host: str, loopback: bool) -> None:
    assert parse(f"http://{host}:1").is_loopback is loopback
