"""Talking with the communities that were asked, from a script."""

from uuid import UUID

from django.http import Http404
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from consent.actions import talk
from consent.errors import Incomplete
from consent.models import TrainingRequest
from consent.queries.crew import requests_readable_by
from consent.queries.readers import readers_of_talk
from consent.queries.talk import Thread, researchers_of, threads_of_researchers
from federation.api.described import described
from federation.api.own import ResearcherView, caller, incomplete
from federation.serializers.messages import MessageIn, ThreadOut
from governance.models import User

TAGS = ["messages"]


class Messages(ResearcherView):
    scope = "requests:read"

    @described(operation_id="messages_list", tags=TAGS, responses=ThreadOut(many=True))
    def get(self, request: Request, request_id: UUID) -> Response:
        """What each community and you said to each other, by the communities' names."""
        wanted = _wanted(request, request_id)
        people = researchers_of(wanted)
        return Response([_told(thread, people) for thread in threads_of_researchers(wanted)])


class MessagesWith(ResearcherView):
    scope = "requests:read"
    write_scope = "requests:write"

    @described(operation_id="messages_with", tags=TAGS, responses=ThreadOut)
    def get(self, request: Request, request_id: UUID, slug: str) -> Response:
        """The same with one community."""
        return Response(_told(_thread(_wanted(request, request_id), slug)))

    @described(
        operation_id="messages_send", tags=TAGS, request=MessageIn, responses={201: ThreadOut}
    )
    def post(self, request: Request, request_id: UUID, slug: str) -> Response:
        """Write to one community, or answer its question. What is sent cannot be changed."""
        wanted = _wanted(request, request_id)
        _thread(wanted, slug)
        sent = MessageIn(data=request.data)
        sent.is_valid(raise_exception=True)
        try:
            _send(request, wanted, slug, dict(sent.validated_data))
        except Incomplete as refusal:
            return incomplete(refusal)
        return Response(_told(_thread(wanted, slug)), status=status.HTTP_201_CREATED)


class Nudge(ResearcherView):
    write_scope = "requests:write"

    @described(operation_id="messages_nudge", tags=TAGS, request=None, responses={201: ThreadOut})
    def post(self, request: Request, request_id: UUID, slug: str) -> Response:
        """Ask a community how it stands; at most once in 30 days."""
        wanted = _wanted(request, request_id)
        _thread(wanted, slug)
        talk.nudge(wanted.pk, slug, actor=caller(request))
        return Response(_told(_thread(wanted, slug)), status=status.HTTP_201_CREATED)


def _send(request: Request, wanted: TrainingRequest, slug: str, sent: dict[str, object]) -> None:
    text, readers = str(sent["text"]), str(sent["readers"])
    answers = sent.get("answers")
    if isinstance(answers, UUID):
        asked = {one.id for one in _thread(wanted, slug).said}
        if answers not in asked:
            raise Http404
        talk.answer_community(
            wanted.pk, slug, answers, actor=caller(request), text=text, readers=readers
        )
        return
    talk.write_to_community(
        wanted.pk,
        slug,
        actor=caller(request),
        text=text,
        question=bool(sent["question"]),
        readers=readers,
    )


def _wanted(request: Request, request_id: UUID) -> TrainingRequest:
    found = requests_readable_by(caller(request)).filter(public_id=request_id).first()
    if found is None:
        raise Http404
    return found


def _thread(wanted: TrainingRequest, slug: str) -> Thread:
    for thread in threads_of_researchers(wanted):
        if thread.community.slug == slug:
            return thread
    raise Http404


def _told(thread: Thread, people: list[User] | None = None) -> dict[str, object]:
    told = {"thread": thread, "readers": readers_of_talk(thread.review, people)}
    return dict(ThreadOut(told).data)
