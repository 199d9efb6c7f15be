"""The ASGI entry point, for servers that speak it."""

import os

from django.core.asgi import get_asgi_application

from config.env import said_plainly

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

with said_plainly():
    application = get_asgi_application()
