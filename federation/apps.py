from django.apps import AppConfig


class FederationConfig(AppConfig):
    name = "federation"
    verbose_name = "Federation"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from consent.signals import grants_changed
        from federation.receivers import sweep_soon

        grants_changed.connect(sweep_soon, dispatch_uid="federation.sweep")
