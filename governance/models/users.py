"""People who sign in. There is no superuser: no account can do everything."""

import uuid

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models

from governance.rules import PlatformRole


class UserManager(BaseUserManager["User"]):
    def create_user(
        self,
        email: str,
        *,
        name: str,
        role: str = PlatformRole.MEMBER.value,
        password: str | None = None,
    ) -> "User":
        user = self.model(email=self.normalize_email(email).lower(), name=name, role=role)
        user.set_password(password)  # None makes the password unusable
        user.save(using=self._db)
        return user


class User(AbstractBaseUser):
    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    email = models.EmailField(unique=True)
    name = models.CharField(max_length=120)
    role = models.CharField(
        max_length=20,
        choices=[(r.value, r.value) for r in PlatformRole],
        default=PlatformRole.MEMBER.value,
    )
    orcid = models.CharField(max_length=19, blank=True)
    institution = models.CharField(max_length=200, blank=True)
    is_active = models.BooleanField(default=True)
    date_joined = models.DateTimeField(auto_now_add=True)

    objects = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["name"]

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="user_role_known",
                condition=models.Q(role__in=[r.value for r in PlatformRole]),
            )
        ]

    def __str__(self) -> str:
        return self.name or self.email

    @property
    def platform_role(self) -> PlatformRole:
        return PlatformRole(self.role)
