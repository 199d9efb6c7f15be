"""Clauses in the community's own words: written by one, confirmed by another, hidden with a reason.

None of this changes a text that is signed. What a machine translated is never confirmed (R-19).
"""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from governance import clauses, uploads
from governance.actions.audit import record
from governance.actions.permissions import require_member, require_seated
from governance.errors import NotAllowed, NotReady
from governance.labels import language_tag
from governance.models import ClauseVoice, Community, User
from governance.queries.voices import of_one
from governance.rules import Verb

MAX_TEXT = 2000  # characters
MAX_REASON = 400  # characters


@dataclass(frozen=True)
class Wording:
    """A clause said in one language (a BCP 47 tag), and a sound file's content.

    ``machine``: a translation program made it, in whole or in part.
    """

    language: str
    text: str
    machine: bool = False
    audio: bytes = b""


def write(*, community_id: int, actor: User, clause: str, wording: Wording) -> ClauseVoice:
    """Keep a wording as the next version in its language. Only its keepers see it at first.

    Raises:
        NotAllowed: neither a steward nor a convenor here.
        NotReady: no such clause; it is the newest version already; a machine's text handed in as a
            person's; or the words cannot be kept.
    """
    community = Community.objects.get(pk=community_id)
    membership = require_member(actor, Verb.NAME_BODIES, community)
    if clause not in clauses.library():
        raise NotReady(_("There is no such clause in the library."))
    with _kept(wording) as (said, audio), transaction.atomic():
        # Two who write at the same time come one after the other, each with her own version.
        Community.objects.select_for_update(no_key=True).get(pk=community_id)
        earlier = list(of_one(community, clause, said.language))
        _not_said_before(earlier, said)
        voice = ClauseVoice.objects.create(
            community=community,
            clause=clause,
            language=said.language,
            version=earlier[0].version + 1 if earlier else 1,
            text=said.text,
            audio=audio[0],
            audio_type=audio[1],
            machine=said.machine,
            written_by=membership,
        )
        _record("voice.write", voice, actor)
    return voice


@transaction.atomic
def confirm(voice_id: int, *, actor: User) -> ClauseVoice:
    """Confirm that a wording says what its clause says. From now on the whole community sees it.

    Raises:
        NotAllowed: not a steward whom the charter in force names, or the one who wrote it.
        NotReady: a machine made it; it is removed or confirmed already, or a newer one is.
    """
    voice = _locked(voice_id)
    membership = require_seated(actor, Verb.DECIDE, voice.community)
    # By person, not by membership: somebody may be convenor and steward at once.
    if voice.written_by.user_id == actor.pk:
        raise NotAllowed(_("You wrote this, so another steward must confirm it."))
    if voice.machine:
        raise NotReady(_("A machine made this text, so it is never confirmed. Say it yourselves."))
    _in_use(voice)
    if voice.confirmed_at:
        raise NotReady(_("This wording is confirmed already."))
    others = of_one(voice.community, voice.clause, voice.language).filter(removed_at__isnull=True)
    if others.filter(version__gt=voice.version, confirmed_at__isnull=False).exists():
        raise NotReady(_("A newer version is confirmed already."))
    voice.confirmed_by, voice.confirmed_at = membership, timezone.now()
    voice.save(update_fields=["confirmed_by", "confirmed_at"])
    _record("voice.confirm", voice, actor)
    return voice


@transaction.atomic
def remove(voice_id: int, *, actor: User, reason: str) -> ClauseVoice:
    """Hide a wording. Its row stays; an earlier version that is confirmed is shown again.

    Raises:
        NotAllowed: neither a steward nor a convenor here; or it is confirmed, and this is not a
            steward whom the charter in force names.
        NotReady: it was removed before, or there is no reason.
    """
    voice = _locked(voice_id)
    membership = require_member(actor, Verb.NAME_BODIES, voice.community)
    if voice.confirmed_at:
        # What two people put before everybody, somebody without a seat does not take away.
        membership = require_seated(actor, Verb.DECIDE, voice.community)
    _in_use(voice)
    reason = reason.strip()
    if not 0 < len(reason) <= MAX_REASON or "\x00" in reason:
        raise NotReady(_("Write why, in at most {n} characters.").format(n=MAX_REASON))
    voice.removed_by, voice.removed_at, voice.removed_because = membership, timezone.now(), reason
    voice.save(update_fields=["removed_by", "removed_at", "removed_because"])
    # The reason is the community's own: the log, which auditors read, does not tell it.
    _record("voice.remove", voice, actor)
    return voice


def _locked(voice_id: int) -> ClauseVoice:
    rows = ClauseVoice.objects.select_for_update(of=("self",))
    return rows.select_related("community", "written_by").get(pk=voice_id)


def _in_use(voice: ClauseVoice) -> None:
    if voice.removed_at:
        raise NotReady(_("This wording was taken away."))


def _not_said_before(earlier: list[ClauseVoice], said: Wording) -> None:
    """Refuse what is there already, and a machine's words under a person's name.

    The second also when the machine's version was removed: else to take it away and hand the same
    words in again would make them the community's own.
    """
    in_use = [voice for voice in earlier if not voice.removed_at]
    if in_use and not said.audio:
        newest = in_use[0]
        if (newest.text, newest.machine) == (said.text, said.machine):
            raise NotReady(_("These words are the newest version already."))
    made = {_bare(voice.text) for voice in earlier if voice.machine}
    if not said.machine and _bare(said.text) in made:
        raise NotReady(_("A machine made these very words. Say it in your own words."))


def _bare(text: str) -> str:
    """Return the letters and digits of a text: new marks and spaces make no new words."""
    return "".join(sign for sign in text.casefold() if sign.isalnum())


@contextmanager
def _kept(wording: Wording) -> Iterator[tuple[Wording, tuple[str, str]]]:
    """Check the words and store their sound; yield both, the sound as name and type.

    Stands outside the transaction: see ``uploads.kept``.
    """
    try:
        language = language_tag(wording.language)
    except ValueError as error:
        raise NotReady(_("The language must be a tag such as en, fr-CA or x-ours.")) from error
    text = wording.text.replace("\r\n", "\n").strip()
    if not 0 < len(text) <= MAX_TEXT or "\x00" in text:
        raise NotReady(_("Write the words, in at most {n} characters.").format(n=MAX_TEXT))
    said = Wording(language, text, wording.machine)
    if not wording.audio:
        yield said, ("", "")
        return
    sound = uploads.audio_of(wording.audio)
    if sound is None or len(wording.audio) > uploads.MAX_AUDIO_BYTES:
        raise NotReady(_("The recording must be MP3, OGG, M4A or WAV, and not too long."))
    with uploads.kept(wording.audio, "voices", sound.suffix) as name:
        yield Wording(language, text, wording.machine, wording.audio), (name, sound.content_type)


def _record(verb: str, voice: ClauseVoice, actor: User) -> None:
    """Write the row: the log proves which text it was without telling it."""
    record(
        verb,
        actor=actor,
        subject=f"voice:{voice.public_id}",
        community=voice.community,
        reason=f"{voice.clause} in {voice.language}, version {voice.version}",
        document_digest=hashlib.sha256(voice.text.encode()).hexdigest(),
    )
