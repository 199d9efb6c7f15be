from django.apps import AppConfig


class GovernanceConfig(AppConfig):
    name = "governance"
    verbose_name = "Governance"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Put this app's entries into the menu and on the desk, and say where terms are read."""
        from django.conf import settings
        from django.utils.translation import gettext_lazy as _

        from governance import navigation, pages
        from governance.desk import alerts, labels, second_looks, voices, waiting_for
        from governance.rules import Verb
        from governance.vocabulary import mondo

        navigation.register(
            navigation.Item(
                _("Communities"),
                "governance:communities",
                frozenset({Verb.READ_COMMUNITY}),
                order=10,
            ),
            navigation.Item(
                _("Access log"),
                "governance:log",
                frozenset({Verb.READ_LOG, Verb.READ_OWN_LOG}),
                order=90,
            ),
        )
        others = (labels.waiting_for, voices.waiting_for, alerts.waiting_for)
        for desk in (second_looks.waiting_for, waiting_for, *others):
            navigation.register_desk(desk)
        pages.register_all()
        mondo.use(settings.KINHOLD_MONDO_FILE)
