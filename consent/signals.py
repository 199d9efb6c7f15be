"""The one signal that consent sends to whoever runs work under grants."""

from django.dispatch import Signal

# Sent after commit with ``community_id`` when a grant becomes active or is revoked, or when a pause
# or resume comes into force. A lost one costs seconds: the periodic sweep does the same work.
grants_changed = Signal()
