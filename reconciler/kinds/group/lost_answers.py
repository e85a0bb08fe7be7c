"""Whether a group that exists is the one that was to be created.

Nothing marks a group as ours; naming it is the claim.
"""

from reconciler.core.call import Answers, Call
from reconciler.core.kind import LostAnswer
from reconciler.facets.reads import group as group_reads


def _reads(call: Call, _answers: Answers) -> tuple[Call, ...]:
    return (group_reads.get(call.params["GroupName"]),)


def _is_on_its_path(call: Call, answers: Answers) -> bool:
    answer = answers.get(group_reads.get(call.params["GroupName"]))
    return answer is not None and bool(answer["Group"]["Path"] == call.params["Path"])


CREATED_GROUP = LostAnswer("CreateGroup", "EntityAlreadyExists", _reads, _is_on_its_path)
