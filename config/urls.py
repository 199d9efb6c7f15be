"""Where each part of the site is. Pages and endpoints are listed in the apps' own url files."""

from django.urls import URLPattern, URLResolver, include, path
from drf_spectacular.views import SpectacularAPIView

from config.health import healthz

urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz", healthz, name="healthz"),
    path("accounts/", include("governance.account_urls")),
    path("", include("governance.urls")),
    path("", include("consent.urls")),
    path("", include("federation.urls")),
    path("api/v1/", include("governance.api_urls")),
    path("api/v1/", include("federation.api_urls")),
    path("api/schema/", SpectacularAPIView.as_view(), name="api-schema"),
]
