"""Where readers of visas look for the key."""

from django.urls import path

from consent.views import visas

visa_patterns = [
    path(".well-known/jwks.json", visas.visa_keys, name="visa_keys"),
    path(".well-known/openid-configuration", visas.visa_issuer, name="visa_issuer"),
]
