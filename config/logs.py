"""What is written to the log, and what never is.

One line per event on standard error. Names, addresses, tokens and free text are not logged;
``DROPPED`` is the second net below that rule, for a key that slips in.
"""

from typing import Any

import structlog
from structlog.types import EventDict, Processor, WrappedLogger

from config.links import without_links

DROPPED = frozenset(
    {"authorization", "body", "cookie", "email", "name", "password", "secret", "text", "token"}
)


def drop_personal(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Remove every key that could hold personal data or a secret."""
    return {key: value for key, value in event.items() if key.lower() not in DROPPED}


def hide_links(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Take out what lets somebody in: Django writes the path of each request that fails."""
    return {
        key: without_links(value) if isinstance(value, str) else value
        for key, value in event.items()
    }


def _shared() -> list[Processor]:
    return [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        drop_personal,
    ]


def configure_structlog() -> None:
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *_shared(),
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )


def logging_settings(*, level: str, as_json: bool) -> dict[str, Any]:
    """Return the value of Django's ``LOGGING``: everything to standard error, one format."""
    renderer: Processor = (
        structlog.processors.JSONRenderer()
        if as_json
        else structlog.dev.ConsoleRenderer(colors=False)
    )
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "line": {
                "()": structlog.stdlib.ProcessorFormatter,
                "foreign_pre_chain": _shared(),
                "processors": [
                    structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                    structlog.processors.format_exc_info,
                    hide_links,
                    renderer,
                ],
            }
        },
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
        "root": {"handlers": ["stderr"], "level": level},
        "loggers": {
            # Django mails errors to ADMINS by default; requests may carry personal data.
            "django": {"handlers": [], "level": level, "propagate": True},
            "django.server": {"handlers": [], "level": level, "propagate": True},
            # Axes writes user names and addresses at INFO.
            "axes": {"level": "ERROR"},
            # WeasyPrint tells every step, and the fonts' library every table it reads.
            "weasyprint": {"level": "ERROR"},
            "fontTools": {"level": "ERROR"},
        },
    }
