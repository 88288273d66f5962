"""A portal like OnPatient, its authorization server written by others: django-oauth-toolkit as it comes.

Behind it, for its tokens alone, lie the records of one patient from a file, as pages of FHIR DSTU2. The one argument is
JSON: directory, redirectUri, clientId, clientSecret, username, password, secondsOfAccess, records. The port is printed;
it ends with its standard input.
"""

import json
import os
import sys
import threading

from django.conf import settings

GIVEN = json.loads(sys.argv[1])
SCOPE = "patient/*.read"

settings.configure(
    SECRET_KEY="of this test alone",
    ALLOWED_HOSTS=["127.0.0.1"],
    ROOT_URLCONF=__name__,
    DATABASES={
        "default": {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": os.path.join(GIVEN["directory"], "portal.sqlite"),
        }
    },
    DEFAULT_AUTO_FIELD="django.db.models.AutoField",
    INSTALLED_APPS=[
        "django.contrib.auth",
        "django.contrib.contenttypes",
        "django.contrib.sessions",
        "oauth2_provider",
    ],
    MIDDLEWARE=[
        "django.contrib.sessions.middleware.SessionMiddleware",
        "django.middleware.common.CommonMiddleware",
        "django.middleware.csrf.CsrfViewMiddleware",
        "django.contrib.auth.middleware.AuthenticationMiddleware",
    ],
    TEMPLATES=[
        {
            "BACKEND": "django.template.backends.django.DjangoTemplates",
            "OPTIONS": {
                "loaders": [
                    (
                        "django.template.loaders.locmem.Loader",
                        {
                            "registration/login.html": '<form method="post">{% csrf_token %}'
                            "{{ form.as_p }}<button>Sign in</button></form>"
                        },
                    ),
                    "django.template.loaders.app_directories.Loader",
                ]
            },
        }
    ],
    LOGIN_URL="/login/",
    USE_TZ=True,
    OAUTH2_PROVIDER={
        "SCOPES": {SCOPE: "Read your record"},
        "PKCE_REQUIRED": False,
        "ALLOWED_REDIRECT_URI_SCHEMES": ["https"],
        "ACCESS_TOKEN_EXPIRE_SECONDS": GIVEN["secondsOfAccess"],
    },
)

import django  # noqa: E402

django.setup()

from django.contrib.auth import get_user_model  # noqa: E402
from django.contrib.auth.views import LoginView  # noqa: E402
from django.core.handlers.wsgi import WSGIHandler  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.core.servers.basehttp import ThreadedWSGIServer, WSGIRequestHandler  # noqa: E402
from django.http import HttpResponseNotFound, JsonResponse  # noqa: E402
from django.urls import include, path  # noqa: E402
from oauth2_provider.decorators import protected_resource  # noqa: E402
from oauth2_provider.models import get_application_model  # noqa: E402

with open(GIVEN["records"], encoding="utf-8") as file:
    RECORDS = json.load(file)


@protected_resource(scopes=[SCOPE])
def search(request, kind):
    if kind not in RECORDS:
        return HttpResponseNotFound()
    of_kind = RECORDS[kind]
    size = int(request.GET.get("page-size", 50))
    page = int(request.GET.get("page", 1))
    here = of_kind[(page - 1) * size : page * size]
    address = request.build_absolute_uri(request.path)
    link = [{"relation": "self", "url": address}]
    if page * size < len(of_kind):
        link.append({"relation": "next", "url": f"{address}?page-size={size}&page={page + 1}"})
    entry = [{"fullUrl": [f"/api/fhir/{kind}/{one['id']}"], "resource": one} for one in here]
    bundle = {"resourceType": "Bundle", "type": "searchset", "total": len(of_kind)}
    return JsonResponse({**bundle, "link": link, "entry": entry})


urlpatterns = [
    path("login/", LoginView.as_view()),
    path("o/", include("oauth2_provider.urls", namespace="oauth2_provider")),
    # Without its slash it is answered with a redirect: Django's own way.
    path("api/fhir/<str:kind>/", search),
]


def prepare():
    call_command("migrate", verbosity=0)
    user = get_user_model().objects.create_user(GIVEN["username"], password=GIVEN["password"])
    get_application_model().objects.create(
        name="Chartfold",
        user=user,
        client_id=GIVEN["clientId"],
        client_secret=GIVEN["clientSecret"],
        client_type="confidential",
        authorization_grant_type="authorization-code",
        redirect_uris=GIVEN["redirectUri"],
    )


def end_with_input():
    sys.stdin.read()
    os._exit(0)


if __name__ == "__main__":
    prepare()
    threading.Thread(target=end_with_input, daemon=True).start()
    server = ThreadedWSGIServer(("127.0.0.1", 0), WSGIRequestHandler)
    server.set_app(WSGIHandler())
    print(server.server_port, flush=True)
    server.serve_forever()
