"""moto's STS, with the caller that IAM knows and the refusals of AssumeRole that were recorded.

Who may assume which role is not looked at, and signatures are not checked.
"""

import re
import uuid
from typing import Any
from xml.parsers.expat import ExpatError

from moto.sts.exceptions import STSClientError
from moto.sts.responses import TokenResponse

from reconciler.policy.document import arns
from reconciler.sandbox import plain

_SESSION_NAME = re.compile(r"[\w+=,.@-]*", re.ASCII)
_LONGEST_NAME, _LONGEST_POLICY = 64, 2048
_ROLE = re.compile(r"arn:[^:]+:[^:]+:[^:]*:[^:]*:.+")


def _not_done(operation: str) -> tuple[int, dict[str, str], str]:
    """Refused in words, as IAM's calls are.

    `InvalidAction` is no error of STS's own, so moto does not know its form.
    """
    text = plain.error("InvalidAction", f"the sandbox does not do {operation}", 400, str(uuid.uuid4()))
    return 400, {"Content-Type": "text/xml", "status": "400"}, text


class StrictTokenResponse(TokenResponse):  # type: ignore[misc]
    """STS of the strict sandbox."""

    def assume_role_with_saml(self) -> Any:
        """An assertion that is no XML is refused (moto: a defect)."""
        try:
            return super().assume_role_with_saml()
        except (ValueError, ExpatError):
            raise STSClientError("InvalidIdentityToken", "Invalid base64 SAMLResponse") from None

    def assume_root(self) -> Any:
        """Not done."""
        return _not_done("AssumeRoot")

    def decode_authorization_message(self) -> Any:
        """Not done."""
        return _not_done("DecodeAuthorizationMessage")

    def get_delegated_access_token(self) -> Any:
        """Not done."""
        return _not_done("GetDelegatedAccessToken")

    def get_web_identity_token(self) -> Any:
        """Not done."""
        return _not_done("GetWebIdentityToken")

    def get_caller_identity(self) -> Any:
        """A key that the sandbox did not make is the account's root. moto says it is a user of STS."""
        answered = super().get_caller_identity()
        identity = answered.result
        if ":sts:" in identity["Arn"] and ":assumed-role/" not in identity["Arn"]:
            account = str(identity["Account"])
            identity |= {"UserId": account, "Arn": arns.root(self.partition, account)}
        return answered

    def assume_role(self) -> Any:
        """Refuse what AWS refuses.

        Source: LS:sts#test_sts_invalid_parameters, #test_assume_role_session_name_too_long,
        TestSTSAssumeRoleTagging.
        """
        self._check_names()
        tags = [tag["Key"] for tag in self._get_param("Tags") or []]
        transitive = self._get_param("TransitiveTagKeys") or []
        inherited = self._check_tags(tags, transitive)
        answered = super().assume_role()
        role = answered.result["Credentials"]
        role.transitive_tag_keys = inherited | {key.lower() for key in transitive}
        if not self._get_param("Policy"):
            # What is packed is the policy; without one there is nothing to tell.
            answered.result.pop("PackedPolicySize", None)
        return answered

    def get_federation_token(self) -> Any:
        """Source: LS:sts#test_get_federation_token, #test_federation_token_policy_too_long."""
        policy = self._get_param("Policy") or ""
        if len(policy) > _LONGEST_POLICY:
            raise STSClientError(
                "ValidationError",
                f"1 validation error detected: Value '{policy}' at 'policy' failed to satisfy constraint:"
                f" Member must have length less than or equal to {_LONGEST_POLICY}",
            )
        answered = super().get_federation_token()
        if not policy:
            answered.result["PackedPolicySize"] = 0
        return answered

    def _check_names(self) -> None:
        arn, name = self._get_param("RoleArn") or "", self._get_param("RoleSessionName") or ""
        if not _ROLE.fullmatch(arn):
            raise STSClientError("ValidationError", f"{arn} is invalid")
        broken = ""
        if len(name) > _LONGEST_NAME:
            broken = f"Member must have length less than or equal to {_LONGEST_NAME}"
        elif not _SESSION_NAME.fullmatch(name):
            broken = f"Member must satisfy regular expression pattern: {_SESSION_NAME.pattern}"
        if broken:
            raise STSClientError(
                "ValidationError",
                f"1 validation error detected: Value '{name}' at 'roleSessionName' failed to satisfy"
                f" constraint: {broken}",
            )

    def _check_tags(self, tags: list[str], transitive: list[str]) -> set[str]:
        """The transitive keys that the calling session brings along."""
        folded = [key.lower() for key in tags]
        if len(set(folded)) < len(folded):
            raise STSClientError(
                "InvalidParameterValue",
                "Duplicate tag keys found. Please note that Tag keys are case insensitive.",
            )
        if not {key.lower() for key in transitive} <= set(folded):
            raise STSClientError(
                "InvalidParameterValue",
                "The specified transitive tag key must be included in the requested tags.",
            )
        session = self.backend.get_assumed_role_from_access_key(self.get_access_key())
        inherited: set[str] = getattr(session, "transitive_tag_keys", set())
        if inherited & set(folded):
            raise STSClientError(
                "InvalidParameterValue",
                "One of the specified transitive tag keys can't be set because it conflicts with a transitive"
                " tag key from the calling session.",
            )
        return inherited
