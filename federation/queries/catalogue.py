from django.db.models import QuerySet

from federation.models import JobVersion


def jobs_published() -> QuerySet[JobVersion]:
    """The newest version of each job that has not been retired."""
    newest = (
        JobVersion.objects.filter(retired_at__isnull=True)
        .order_by("name", "-published_at", "-pk")
        .distinct("name")
    )
    return JobVersion.objects.filter(pk__in=newest.values("pk")).defer("bundle").order_by("title")


def job_published(name: str) -> JobVersion | None:
    return jobs_published().filter(name=name).first()


def job_titles() -> list[tuple[str, str]]:
    """Name and newest title of every job there ever was, retired or not, by title."""
    newest = JobVersion.objects.order_by("name", "-published_at", "-pk").distinct("name")
    return sorted(newest.values_list("name", "title"), key=lambda job: (job[1], job[0]))


def job_at(name: str, version: str) -> JobVersion | None:
    """Return one version of a job, retired or not: an approved run needs exactly that one."""
    return JobVersion.objects.filter(name=name, version=version).first()


def codes_to_delegate() -> list[tuple[str, str]]:
    """The code of each job that a delegation can be for: its SHA-256 and its name, by name."""
    return [(job.digest, f"{job.title} {job.version}") for job in jobs_published()]
