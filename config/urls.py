"""Where each part of the site is. Pages and endpoints are listed in the apps' own url files."""

from django.urls import URLPattern, URLResolver, include, path
from drf_spectacular.views import SpectacularAPIView

from config.health import healthz

urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz", healthz, name="healthz"),
    path("accounts/", include("governance.urls.accounts")),
    path("", include("governance.urls")),
    path("", include("consent.urls")),
    path("", include("federation.urls")),
    path("api/v1/", include("governance.urls.api")),
    path("api/v1/", include("federation.urls.api")),
    path("api/schema/", SpectacularAPIView.as_view(), name="api-schema"),
]
