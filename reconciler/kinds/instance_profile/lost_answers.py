"""Whether a role is in an instance profile already: IAM refuses a second role for being too many."""

from reconciler.core.call import Answers, Call, read
from reconciler.core.kind import LostAnswer


def _reads(call: Call, _answers: Answers) -> tuple[Call, ...]:
    return (read("GetInstanceProfile", InstanceProfileName=call.params["InstanceProfileName"]),)


def _holds_it(call: Call, answers: Answers) -> bool:
    profile = answers.get(_reads(call, answers)[0]) or {}
    roles = profile.get("InstanceProfile", {}).get("Roles", ())
    return call.params["RoleName"] in [role["RoleName"] for role in roles]


ADDED_ROLE = LostAnswer("AddRoleToInstanceProfile", "LimitExceeded", _reads, _holds_it)
