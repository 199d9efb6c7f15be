"""Where each part of the site is. Pages and endpoints are listed in the apps' own url files."""

from importlib.util import find_spec

from django.urls import URLPattern, URLResolver, include, path

from config.health import healthz


def _when_there(prefix: str, module: str) -> list[URLPattern | URLResolver]:
    return [path(prefix, include(module))] if find_spec(module) else []


urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz", healthz, name="healthz"),
    path("accounts/", include("allauth.urls")),
    *_when_there("", "governance.urls"),
    *_when_there("", "consent.urls"),
    *_when_there("", "federation.urls"),
    *_when_there("api/v1/", "governance.api_urls"),
    *_when_there("api/v1/", "consent.api_urls"),
    *_when_there("api/v1/", "federation.api_urls"),
]

if all(find_spec(f"governance.{name}") for name in ("api_tokens", "problems", "paging")):
    from drf_spectacular.views import SpectacularAPIView

    urlpatterns.append(path("api/schema/", SpectacularAPIView.as_view(), name="api-schema"))
