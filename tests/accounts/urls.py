"""The smallest API that shows who is calling, behind the whole middleware."""

from django.contrib import admin
from django.urls import path
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.permissions import IsLearner, IsLearnerOrService, IsService, IsSignedIn, principal_in


class WhoAmI(APIView):
    """Answers with the caller; `admits` is the permission of the address."""

    admits: type[BasePermission] = IsSignedIn

    def get_permissions(self) -> list[BasePermission]:
        return [self.admits()]

    def get(self, request: Request) -> Response:
        caller = principal_in(request)
        assert caller is not None
        return Response({"actor": caller.actor, "kind": caller.kind, "user": caller.user_id_pk})


urlpatterns = [
    path("v1/me", WhoAmI.as_view()),
    path("v1/learners-only", WhoAmI.as_view(admits=IsLearner)),
    path("v1/services-only", WhoAmI.as_view(admits=IsService)),
    path("v1/learners-and-services", WhoAmI.as_view(admits=IsLearnerOrService)),
    path("admin/", admin.site.urls),
]
