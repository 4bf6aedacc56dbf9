"""Where a request comes from, as far as fairness goes."""

from __future__ import annotations

import pytest

from app.engine.admission import network_of

CASES = {
    "192.0.2.7": "192.0.2.7",
    "::ffff:192.0.2.7": "192.0.2.7",
    "2001:db8:1:2:3:4:5:6": "2001:db8:1:2::/64",
    "2001:db8:1:2::ffff": "2001:db8:1:2::/64",
    "2001:db8:1:3::ffff": "2001:db8:1:3::/64",
    "fe80::1%eth0": "fe80::/64",
    "a name": "a name",
    "": "",
}


@pytest.mark.parametrize("host", CASES)
def test_an_ipv6_client_is_its_network_and_every_other_its_address(host: str) -> None:
    assert network_of(host) == CASES[host]
