from allauth.mfa.models import Authenticator
from django import template
from django.contrib.auth.models import AnonymousUser
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from consent.grants.codec import digest
from consent.grants.words import fingerprint_words
from governance.alert_words import Text, alert_in_words
from governance.circle import Words
from governance.models import User
from governance.qr import svg_of
from governance.queries.passkeys import cose_of
from governance.role_words import ROLES
from governance.rules import ROLE_SCOPES
from governance.words import ANSWERS

register = template.Library()


@register.filter
def about(key: str) -> Text:
    """What an alert is about, by its key."""
    return alert_in_words(key)


@register.filter
def qr(text: str) -> SafeString:
    return svg_of(text, gettext("QR code"))


@register.filter
def words(digest: str) -> str:
    """Name a fingerprint by its twelve words."""
    return fingerprint_words(digest)


@register.filter
def passkey_words(row: Authenticator) -> str:
    """Name a passkey by the words that others see of it, and that a charter binds."""
    return fingerprint_words(digest(cose_of(row.wrap().authenticator_data.credential_data)))


@register.filter
def named(slug: str, words: Words) -> str:
    """Call a body as the community calls it."""
    return words.get(slug, slug)


@register.filter
def has_scopes(user: User | AnonymousUser) -> bool:
    """Say whether a script could do anything in this person's name."""
    return user.is_authenticated and bool(ROLE_SCOPES[user.platform_role])


@register.filter
def answer_word(answer: str) -> str:
    return str(ANSWERS.get(answer, answer))


@register.filter
def role_word(role: str) -> str:
    return str(ROLES.get(role, role))
