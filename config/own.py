"""Kinhold's own settings: all that begin with ``KINHOLD_``.

Read by ``config.settings``, once the environment is complete.
"""

from pathlib import Path
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

from config import env

_BASE_DIR = Path(__file__).resolve().parent.parent
_PRODUCTION = env.text("KINHOLD_ENV") == "production"  # its spelling was checked before

# Where browsers reach the platform. Its host is the WebAuthn relying party, so changing it makes
# every passkey of every steward useless.
KINHOLD_ORIGIN = env.text("KINHOLD_ORIGIN", "http://localhost:8000").rstrip("/")
KINHOLD_RP_ID = urlsplit(KINHOLD_ORIGIN).hostname or ""
# The private Ed25519 key (PEM) that seals the access log and signs the lists that nodes fetch.
KINHOLD_CHECKPOINT_KEY_FILE = env.text("KINHOLD_CHECKPOINT_KEY_FILE")
# Flower's SuperLink, host:port, and the certificate authority that vouches for it.
KINHOLD_SUPERLINK_ADDRESS = env.text("KINHOLD_SUPERLINK_ADDRESS", "127.0.0.1:9091")
KINHOLD_SUPERLINK_CA_FILE = env.text("KINHOLD_SUPERLINK_CA_FILE")
# Wraps each community's own key for what it says in private: 32 bytes in base64url. Whoever has
# both this and the database can read it, so keep it out of the database's backups.
KINHOLD_SEALING_KEY = env.secret("KINHOLD_SEALING_KEY")
# The key that is to take its place; only `manage.py renew_sealing_key` reads it.
KINHOLD_SEALING_KEY_NEW = env.secret("KINHOLD_SEALING_KEY_NEW")
# What the aggregator shows when it hands in a result. Empty: no aggregator is let in.
KINHOLD_AGGREGATOR_TOKEN = env.secret("KINHOLD_AGGREGATOR_TOKEN")
# The page of Celery's monitor, linked for admins. Empty: no link.
KINHOLD_CELERY_FLOWER_URL = env.text("KINHOLD_CELERY_FLOWER_URL")
# All names of diseases, made by `manage.py load_mondo`. No such file: the small list that we ship.
KINHOLD_MONDO_FILE = Path(env.text("KINHOLD_MONDO_FILE", str(_BASE_DIR / "var" / "mondo.json")))
# The places where this platform's servers and their storage stand, as ISO 3166-1 codes: CA, NZ.
# Empty: nobody said, and then no request is held to fit a rule about places.
KINHOLD_PLACES = env.places("KINHOLD_PLACES")
# By whose clock days begin and digests leave: a name of the IANA list, such as America/St_Johns.
KINHOLD_TIME_ZONE = env.time_zone("KINHOLD_TIME_ZONE")
# Where projects of the Local Contexts Hub are looked up (docs/labels.md). Empty: nowhere.
KINHOLD_LABEL_HUB_URL = env.text("KINHOLD_LABEL_HUB_URL")
KINHOLD_LABEL_HUB_KEY = env.secret("KINHOLD_LABEL_HUB_KEY")
# The private key (PEM: RSA, or EC on P-256) that signs GA4GH visas (docs/exchange.md). Empty: none.
KINHOLD_VISA_KEY_FILE = env.text("KINHOLD_VISA_KEY_FILE")
KINHOLD_VISA_ISSUER = env.text("KINHOLD_VISA_ISSUER", KINHOLD_ORIGIN).rstrip("/")
# How many hours a visa holds. A revocation does not reach a visa that is out, so keep it short.
KINHOLD_VISA_HOURS = env.number("KINHOLD_VISA_HOURS", 1, least=1)
# A scanner for uploaded files (docs/files-and-people.md): a command that takes a file's name and
# ends with 0 for clean and 1 for infected. Empty: no file is scanned, and the pages say so.
KINHOLD_SCAN_COMMAND = env.text("KINHOLD_SCAN_COMMAND")

if KINHOLD_VISA_HOURS > 24:
    raise ImproperlyConfigured("KINHOLD_VISA_HOURS must be at most 24.")
if not KINHOLD_RP_ID:
    raise ImproperlyConfigured("KINHOLD_ORIGIN must be an address such as https://kinhold.example.")
if _PRODUCTION and not KINHOLD_ORIGIN.startswith("https://"):
    raise ImproperlyConfigured("KINHOLD_ORIGIN must start with https:// in production.")
if _PRODUCTION and KINHOLD_LABEL_HUB_URL and not KINHOLD_LABEL_HUB_URL.startswith("https://"):
    raise ImproperlyConfigured("KINHOLD_LABEL_HUB_URL must start with https:// in production.")
