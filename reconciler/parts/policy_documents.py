"""What a managed policy says today, whoever owns it: the reads, and the document from their answers."""

from reconciler.core.call import Answers, Call, read
from reconciler.policy.document import Document, document


def reads(arn: str, answers: Answers) -> tuple[Call, ...]:
    """GetPolicy, then its default version."""
    get = read("GetPolicy", PolicyArn=arn)
    found = answers.get(get) if get in answers else None
    return (get, _version(arn, found["Policy"]["DefaultVersionId"])) if found else (get,)


def live(arn: str, answers: Answers) -> Document | None:
    """The document, or None where there is no such policy."""
    get = read("GetPolicy", PolicyArn=arn)
    found = answers.get(get) if get in answers else None
    version = answers.get(_version(arn, found["Policy"]["DefaultVersionId"])) if found else None
    return document(version["PolicyVersion"]["Document"]) if version else None


def _version(arn: str, version: str) -> Call:
    return read("GetPolicyVersion", PolicyArn=arn, VersionId=version)
