"""The WSGI entry point: ``gunicorn config.wsgi``."""

import os

from django.core.wsgi import get_wsgi_application

from config.env import said_plainly

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

with said_plainly():
    application = get_wsgi_application()
