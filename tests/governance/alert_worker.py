"""A process of its own that sends what is due: ``python -m tests.governance.alert_worker``."""

import django

django.setup()

from django.utils import timezone  # noqa: E402  Django is set up only now

from governance.actions.alert_sending import send_due  # noqa: E402  as above

print(send_due(timezone.now()))
