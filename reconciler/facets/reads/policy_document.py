"""What a managed policy says today, whoever owns it: the reads, and the document from their answers."""

from functools import lru_cache

from reconciler.core.call import MOST_KEPT, Answers, Call, read
from reconciler.policy.document.document import Document, document


@lru_cache(maxsize=MOST_KEPT)
def get(arn: str) -> Call:
    """The policy, without its document."""
    return read("GetPolicy", PolicyArn=arn)


@lru_cache(maxsize=MOST_KEPT)
def get_version(arn: str, version: str) -> Call:
    """The document of one version."""
    return read("GetPolicyVersion", PolicyArn=arn, VersionId=version)


@lru_cache(maxsize=MOST_KEPT)
def list_versions(arn: str) -> Call:
    """The versions, without their documents."""
    return read("ListPolicyVersions", PolicyArn=arn)


def reads(arn: str, answers: Answers) -> tuple[Call, ...]:
    """GetPolicy, then its default version."""
    answer = answers.get(get(arn)) if get(arn) in answers else None
    return (get(arn), get_version(arn, answer["Policy"]["DefaultVersionId"])) if answer else (get(arn),)


def live(arn: str, answers: Answers) -> Document | None:
    """The document, or None where there is no such policy."""
    answer = answers.get(get(arn)) if get(arn) in answers else None
    version = answers.get(get_version(arn, answer["Policy"]["DefaultVersionId"])) if answer else None
    return document(version["PolicyVersion"]["Document"]) if version else None


def seen(arn: str, answers: Answers) -> Document | None:
    """The same where only some of it may have been asked: None where the document was not."""
    answer = answers.get(get(arn)) if get(arn) in answers else None
    is_read = answer is not None and get_version(arn, answer["Policy"]["DefaultVersionId"]) in answers
    return live(arn, answers) if is_read else None
