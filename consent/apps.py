from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ConsentConfig(AppConfig):
    name = "consent"
    verbose_name = "Consent"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from consent import pages
        from consent.alert_words import WORDS
        from consent.desk import waiting_for
        from consent.desk.talk import questions_for
        from governance.alert_words import register_alert_words
        from governance.navigation import Item, register, register_desk, register_places
        from governance.rules import Verb

        read = frozenset({Verb.READ_COMMUNITY})
        register(
            Item(_("Waiting for us"), "consent:reviews", read),
            Item(_("Grants"), "consent:grants", read),
            Item(_("Stop and resume"), "consent:notices", read),
        )
        register_places(
            Item(_("Agreements under an older protocol"), "consent:keeping", read, part="protocol"),
            Item(_("Promises owed to us"), "consent:promises", read, part="agreed"),
            Item(_("Papers put to us"), "consent:publications", read, part="agreed"),
            Item(_("Incidents and complaints"), "consent:incidents", read, part="agreed"),
            Item(_("Block list"), "consent:blocks", frozenset({Verb.BLOCK}), part="agreed"),
            Item(_("Reports of each year"), "consent:year_reports", read, part="agreed"),
            Item(_("When we are reminded"), "consent:times", frozenset({Verb.CONVENE})),
        )
        register_desk(waiting_for)
        register_alert_words(WORDS)
        register_desk(questions_for)
        pages.register_all()
