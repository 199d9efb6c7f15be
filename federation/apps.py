from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class FederationConfig(AppConfig):
    name = "federation"
    verbose_name = "Federation"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from consent.grant_parts import register_runs
        from consent.signals import grants_changed
        from consent.year import register_year_part
        from federation.queries.catalogue import codes_to_delegate
        from federation.queries.uses import derivatives_of, runs_under, uses_of
        from federation.queries.year import runs_of_year
        from federation.receivers import sweep_soon
        from governance.code_list import register_codes
        from governance.navigation import Item, register, register_places
        from governance.record_parts import register_part
        from governance.rules import Verb

        register_part("uses", uses_of)
        register_part("derivatives", derivatives_of)
        register_year_part(runs_of_year)
        register_runs(runs_under)
        grants_changed.connect(sweep_soon, dispatch_uid="federation.sweep")
        register(
            Item(_("Datasets"), "federation:datasets", frozenset({Verb.ASK})),
            Item(_("Requests"), "federation:requests", frozenset({Verb.ASK})),
            Item(_("Runs"), "federation:runs", frozenset({Verb.ASK, Verb.FOLLOW_RUN})),
            Item(
                _("Catalogue"),
                "federation:catalogue",
                frozenset({Verb.ASK, Verb.READ_COMMUNITY}),
            ),
            Item(_("Parts"), "federation:parts", frozenset({Verb.READ_PARTS})),
        )
        register_codes(codes_to_delegate)
        register_places(
            Item(_("Nodes"), "federation:nodes", frozenset({Verb.READ_COMMUNITY}), part="datasets"),
            Item(
                _("Write a charter"),
                "federation:charter_new",
                frozenset({Verb.PROPOSE_CHARTER}),
                part="charter",
            ),
        )
