"""Which code answers which address."""

from django.contrib import admin
from django.urls import include, path

from common import errors, health, openapi

urlpatterns = [
    path("health/live", health.live, name="health-live"),
    path("health/ready", health.ready, name="health-ready"),
    path("v1/schema", openapi.SchemaView.as_view(), name="schema"),
    path("v1/docs", openapi.DocsView.as_view(), name="docs"),
    path("v1/", include("catalog.urls")),
    path("v1/", include("evaluations.urls")),
    path("v1/", include("reviews.urls")),
    path("v1/", include("studypaths.urls")),
    path("admin/", admin.site.urls),
]

handler400 = errors.bad_request
handler403 = errors.permission_denied
handler404 = errors.not_found
handler500 = errors.server_error
