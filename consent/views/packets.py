"""A request on paper, for a meeting: two sides of A4 with a ballot to tear off."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from consent.actions.packets import note_printed
from consent.errors import CannotPrint
from consent.packet import MAX_SIDES, packets_of
from consent.printing import first_that_fits
from consent.queries import reviews_visible_to
from consent.queries.packet import packet_facts
from consent.views.paper import require_pace
from governance.views.visitor import user_of


@never_cache
@require_GET
def review_packet(request: HttpRequest, review_id: UUID) -> HttpResponse:
    """Send the packet, in large type if ``large=yes`` is asked for, and log who took it."""
    user = user_of(request)
    review = get_object_or_404(reviews_visible_to(user), public_id=review_id)
    large = request.GET.get("large") == "yes"
    packets = packets_of(packet_facts(review, user, at=timezone.now()), large=large)
    try:
        require_pace(user)
        pdf = first_that_fits("print/packet.html", packets, sides=MAX_SIDES, large=large)
    except CannotPrint as refusal:
        messages.error(request, str(refusal))
        return redirect("consent:review", review_id)
    note_printed(review, actor=user)
    name = f"request-{review.statement.digest[:8]}{'-large' if large else ''}.pdf"
    headers = {
        "Content-Disposition": f'inline; filename="{name}"',
        "X-Content-Type-Options": "nosniff",
    }
    return HttpResponse(pdf, content_type="application/pdf", headers=headers)
