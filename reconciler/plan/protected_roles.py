"""Roles that only AWS may change: no call is ever sent to them, whatever is consented to.

IAM answers UnmodifiableEntity to nearly every write (contract §9), and then half a plan is carried out.
"""

from collections.abc import Iterable, Iterator

from reconciler.core.call import Call

_IDENTITY_CENTER, _LINKED = "AWSReservedSSO_", "AWSServiceRoleFor"
_ADVICE = {
    _IDENTITY_CENTER: "IAM Identity Center alone may change: take it off the permission set first",
    _LINKED: "is linked to a service, and that service alone may change: let go of it there first",
}


def objections(calls: Iterable[Call]) -> Iterator[str]:
    """Why these calls must not be sent, each role once."""
    named: set[str] = set()
    for call in calls:
        name = str(call.params.get("RoleName", ""))
        prefix = next((p for p in _ADVICE if name.startswith(p)), "")
        if prefix and name not in named:
            named.add(name)
            yield f"{call.operation} would be sent to role/{name}, which {_ADVICE[prefix]}"
