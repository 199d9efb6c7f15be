"""Options of Celery Flower, the monitor of the Celery workers: ``celery flower --conf=THIS``.

Tornado runs this file and takes every name that is one of its options. It is not imported by
Django. (Flower without "Celery" in front is the federated engine: another thing altogether.)
"""

from django.core.exceptions import ImproperlyConfigured

from config import env

with env.said_plainly():
    # user:password. Without it everybody who reaches the port would see arguments of tasks.
    basic_auth = [env.secret("KINHOLD_CELERY_FLOWER_AUTH")]
    if ":" not in basic_auth[0]:
        raise ImproperlyConfigured(
            "KINHOLD_CELERY_FLOWER_AUTH must be user:password; Celery Flower never runs open."
        )
    address = env.text("KINHOLD_CELERY_FLOWER_BIND", "127.0.0.1")
    port = env.number("KINHOLD_CELERY_FLOWER_PORT", 5555, least=1)

url_prefix = "celery"
persistent = False
natural_time = False
