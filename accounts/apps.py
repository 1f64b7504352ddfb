"""Registration of the app."""

from django.apps import AppConfig
from django.core.checks import register


class AccountsConfig(AppConfig):
    name = "accounts"
    verbose_name = "Accounts"

    def ready(self) -> None:
        """Register the system checks."""
        from accounts import checks

        register(checks.check_token_keys)
        register(checks.check_encryption_keys)
