"""Limits by address are for each visitor, also where a proxy stands in front."""

import pytest
from allauth.account.adapter import get_adapter
from axes.helpers import get_client_ip_address
from django.test import RequestFactory
from pytest_django import Settings
from rest_framework.settings import api_settings
from rest_framework.throttling import AnonRateThrottle

HERE = "10.0.0.1"


@pytest.mark.parametrize(
    ("proxies", "header", "address"),
    [
        (0, "", HERE),
        (0, "198.51.100.7", HERE),
        (1, "", HERE),
        (1, "198.51.100.7", "198.51.100.7"),
        (1, "203.0.113.9, 198.51.100.7", "198.51.100.7"),
        (2, "203.0.113.9, 198.51.100.7, 10.0.0.2", "198.51.100.7"),
    ],
)
def test_every_limit_counts_the_same_address(
    proxies: int,
    header: str,
    address: str,
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = proxies
    monkeypatch.setattr(api_settings, "NUM_PROXIES", proxies)
    headers = {"X-Forwarded-For": header} if header else {}
    request = RequestFactory().get("/", REMOTE_ADDR=HERE, headers=headers)

    assert get_client_ip_address(request) == address
    assert get_adapter(request).get_client_ip(request).strip() == address
    assert AnonRateThrottle().get_ident(request) == address


def test_one_setting_reaches_all_of_them(settings: Settings) -> None:
    assert settings.ALLAUTH_TRUSTED_PROXY_COUNT == settings.PROXIES
    assert settings.REST_FRAMEWORK["NUM_PROXIES"] == settings.PROXIES
    assert settings.AXES_CLIENT_IP_CALLABLE == "governance.addresses.client_address"
