"""botocore's exceptions as this project's errors: by class and by code, never by text."""

import re
from enum import Enum, auto

from botocore import exceptions as boto

from reconciler.core.call import Call
from reconciler.core.errors import AccessDenied, AwsError, NoCredentials, Unreachable
from reconciler.core.text import escaped

_EXPIRED = frozenset({"ExpiredToken", "ExpiredTokenException", "RequestExpired"})
_BAD_KEYS = frozenset(
    {
        "InvalidClientTokenId",
        "UnrecognizedClientException",
        "SignatureDoesNotMatch",
        "AuthFailure",
        "InvalidSignatureException",
        "IncompleteSignature",
        "MissingAuthenticationToken",
    }
)
_DENIED = frozenset({"AccessDenied", "AccessDeniedException", "UnauthorizedOperation"})
# IAM's own is "Throttling", HTTP 400; the others are seen on STS and on other services (contract §6).
_THROTTLED = frozenset(
    {
        "Throttling",
        "ThrottlingException",
        "ThrottledException",
        "RequestLimitExceeded",
        "TooManyRequestsException",
        "SlowDown",
        "PriorRequestNotComplete",
    }
)
_BUSY = frozenset({"ConcurrentModification", "EntityTemporarilyUnmodifiable"})
_NO_CREDENTIALS = (
    boto.NoCredentialsError,
    boto.PartialCredentialsError,
    boto.CredentialRetrievalError,
    boto.ProfileNotFound,
    boto.SSOError,
    boto.TokenRetrievalError,
    boto.ConfigParseError,
    boto.ConfigNotFound,
    boto.InvalidConfigError,
)
_NO_ANSWER = (
    boto.ConnectionError,
    boto.HTTPClientError,
    boto.ReadTimeoutError,
    boto.ConnectTimeoutError,
    boto.IncompleteReadError,
    boto.ResponseStreamingError,
)


class Outcome(Enum):
    """What a failed call means for the next step."""

    FINAL = auto()
    THROTTLED = auto()  # refused for now, certainly without effect
    BUSY = auto()  # the resource is being changed, certainly without effect
    UNCLEAR = auto()  # may have taken effect: 5xx, reset, time-out
    UNREACHABLE = auto()  # certainly never reached AWS


def code_of(error: Exception) -> str:
    """AWS's error code, or the exception's name where there was no answer."""
    if isinstance(error, boto.ClientError):
        return str(error.response.get("Error", {}).get("Code", "Unknown"))
    return type(error).__name__


def request_id_of(error: Exception) -> str:
    """The request id of an answer, or ""."""
    if isinstance(error, boto.ClientError):
        return str(error.response.get("ResponseMetadata", {}).get("RequestId", ""))
    return ""


def outcome_of(error: Exception) -> Outcome:
    """Whether the call may be sent again, and whether it may have taken effect."""
    if isinstance(error, boto.ClientError):
        code, status = code_of(error), error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
        if code in _THROTTLED or status == 429:
            return Outcome.THROTTLED
        if code in _BUSY:
            return Outcome.BUSY
        return Outcome.UNCLEAR if status >= 500 else Outcome.FINAL
    if isinstance(error, boto.EndpointConnectionError | boto.ConnectTimeoutError | boto.ProxyConnectionError):
        return Outcome.UNREACHABLE
    if isinstance(error, boto.SSLError):
        return Outcome.FINAL
    if isinstance(error, (*_NO_ANSWER, boto.UnknownServiceError)) or _is_garbled(error):
        return Outcome.UNCLEAR
    return Outcome.FINAL


def _is_garbled(error: Exception) -> bool:
    """An answer that botocore could not read: cut short, or an error page of something in between."""
    return type(error).__name__ == "ResponseParserError"


def mapped(error: Exception, call: Call) -> AwsError:
    """The error as people see it: what was asked, what AWS said, what to do."""
    if isinstance(error, AwsError):
        return error
    code = code_of(error)
    about = call.permission
    if isinstance(error, boto.ClientError):
        message = visible(str(error.response.get("Error", {}).get("Message", "")))
        if code in _EXPIRED:
            return NoCredentials(
                f"the credentials have expired ({about}: {code})",
                "log in again, then repeat the command",
                operation=about,
                code=code,
            )
        if code in _BAD_KEYS:
            return NoCredentials(
                f"AWS does not accept the credentials ({about}: {code})",
                "check the profile, the access key and the clock",
                operation=about,
                code=code,
            )
        if code in _DENIED:
            return AccessDenied(
                f"access denied: {about} ({message})",
                f"allow {about} to the caller, or use another --profile",
                operation=about,
                code=code,
            )
        return AwsError(f"{about} failed: {code}: {message}", operation=about, code=code)
    return _without_answer(error, call)


def unreadable(call: Call, reason: str) -> AwsError:
    """An answer came that can't be used."""
    about = call.permission
    return AwsError(
        f"{about} could not be read: {reason}",
        "plan again; where it stays so, look at what AWS or --endpoint-url answers",
        operation=about,
        code="Unreadable",
    )


def _without_answer(error: Exception, call: Call) -> AwsError:
    code, about = code_of(error), call.permission
    if isinstance(error, _NO_CREDENTIALS):
        return NoCredentials(
            f"no usable AWS credentials: {visible(str(error))}",
            "set AWS_PROFILE or --profile, or log in (aws sso login, aws configure)",
            operation=about,
            code=code,
        )
    if isinstance(error, boto.NoRegionError | boto.InvalidRegionError):
        return AwsError(
            f"no usable region: {visible(str(error))}", "set --region", operation=about, code=code
        )
    if isinstance(error, _NO_ANSWER):
        return Unreachable(
            f"no answer from AWS for {about}: {visible(str(error))}",
            "check the network, the proxy and --endpoint-url",
            operation=about,
            code=code,
        )
    if _is_garbled(error):
        return AwsError(
            f"{about}: what answered is not IAM, or its answer was cut short",
            "check --endpoint-url and any proxy in between",
            operation=about,
            code=code,
        )
    return AwsError(f"{about} failed: {code}: {visible(str(error))}", operation=about, code=code)


_LONGEST = 600
_PASSWORD = re.compile(r"://[^/@\s]*@")
_KEY_ID = re.compile(r"\b(A[KS]IA)[A-Z0-9]{12,}\b")


def visible(text: str) -> str:
    """Text of AWS's as it may be shown: no escape codes, no access key, no password of a URL, not endless."""
    shown = escaped(_PASSWORD.sub("://", _KEY_ID.sub(r"\1…", " ".join(text.split()))))
    return shown if len(shown) <= _LONGEST else shown[:_LONGEST] + "…"
