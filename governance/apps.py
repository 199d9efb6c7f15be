from django.apps import AppConfig


class GovernanceConfig(AppConfig):
    name = "governance"
    verbose_name = "Governance"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Put this app's entries into the menu and on the desk, and say where terms are read."""
        from django.conf import settings
        from django.utils.translation import gettext_lazy as _

        from governance import label_desk, navigation, pages, voice_desk
        from governance.desk import waiting_for
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
        navigation.register_desk(waiting_for)
        navigation.register_desk(label_desk.waiting_for)
        navigation.register_desk(voice_desk.waiting_for)
        pages.register_all()
        mondo.use(settings.KINHOLD_MONDO_FILE)
