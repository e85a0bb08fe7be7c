"""moto's IAM responses behind the rules: refused before moto acts, edited before they are serialised."""

import threading
from typing import Any

from moto.core.exceptions import ServiceException
from moto.core.responses import ActionResult, EmptyResult
from moto.core.serialize import never_return, url_encode
from moto.iam.responses import IamResponse

from reconciler.sandbox.rules import RULES, Refusal


class _Refused(ServiceException):  # type: ignore[misc]
    """A refusal as moto serialises it: it looks the service's error model up by the exception's module."""

    __module__ = "moto.iam.exceptions"


# moto's backend is plain dicts: one request at a time keeps it consistent.
_LOCK = threading.RLock()
PARAMS = "sandbox.params"


class LoggedIamResponse(IamResponse):  # type: ignore[misc]
    """moto as it is, but one request at a time, with its parameters left for the log."""

    def call_action(self) -> Any:
        """Dispatch one request."""
        self.normalized_request.environ.setdefault(PARAMS, dict(self.params))
        with _LOCK:
            return super().call_action()


class StrictIamResponse(LoggedIamResponse):
    """moto behind the rules."""

    # What IAM leaves out of answers, and sends URL-encoded (contract §4, §8, §11).
    RESPONSE_KEY_PATH_TO_TRANSFORMER = {  # noqa: RUF012 - moto's own declaration
        **IamResponse.RESPONSE_KEY_PATH_TO_TRANSFORMER,
        "CreatePolicyVersionResponse.PolicyVersion.Document": never_return,
        "CreateRoleResponse.Role.Description": never_return,
        "CreateRoleResponse.Role.MaxSessionDuration": never_return,
        "CreateRoleResponse.Role.RoleLastUsed": never_return,
        "GetPolicyVersionResponse.PolicyVersion.Document": url_encode,
        "ListInstanceProfilesResponse.InstanceProfiles.InstanceProfile.Tags": never_return,
        "ListPolicyVersionsResponse.Versions.PolicyVersion.Document": never_return,
        "ListRolesResponse.Roles.Role.AssumeRolePolicyDocument": url_encode,
    }

    def call_action(self) -> Any:
        """Ask every rule first; IAM's refusal is the answer of the first that objects."""
        self.normalized_request.environ.setdefault(PARAMS, dict(self.params))
        operation = self._get_action()
        with _LOCK:
            try:
                for rule in RULES:
                    if operation in rule.operations:
                        rule.check(self.backend, self.params)
            except Refusal as refusal:
                error = _Refused(refusal.code, refusal.message)
                status, headers, body = self.serialized(ActionResult(error))
                headers["status"] = str(status)
                return status, headers, body
            return super().call_action()

    def update_assume_role_policy(self) -> Any:
        """As CreateRole: the rules have judged the document; moto's own validator asks for a Version."""
        role = self.backend.get_role(self._get_param("RoleName"))
        role.assume_role_policy_document = self._get_param("PolicyDocument")
        return EmptyResult()

    def list_policy_versions(self) -> Any:
        """Newest first, as IAM lists them; moto has them oldest first."""
        result = super().list_policy_versions()
        result.result["Versions"] = list(reversed(result.result["Versions"]))
        return result
