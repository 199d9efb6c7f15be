# A task sent by a page needs the broker: @shared_task finds the application that was made last.
from config.celery import app as celery_app

__all__ = ["celery_app"]
