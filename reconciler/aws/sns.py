"""A message to an SNS topic, with the credentials of the run."""

import hashlib
import re
import time
from dataclasses import replace

from reconciler.aws.client import Client, Target, jittered
from reconciler.aws.errors import Outcome, mapped, outcome_of
from reconciler.core.call import read

_TOPIC = re.compile(
    r"arn:aws[\w-]*:sns:(?P<region>[a-z0-9-]+):\d{12}:[\w-]{1,256}(?P<fifo>\.fifo)?", re.ASCII
)
_ATTEMPTS = 3
# SNS refuses longer subjects, and any that are not ASCII.
_LONGEST_SUBJECT = 99
_IN_ASCII = str.maketrans({"→": "->", "·": "-", "…": "...", "\u200b": ""})


def is_topic(arn: str) -> bool:
    """Whether it is a topic's ARN."""
    return _TOPIC.fullmatch(arn) is not None


def publish(target: Target, arn: str, title: str, body: str) -> None:
    """Send it. After an unclear answer it is sent again: twice is better than never.

    Raises:
        AwsError: SNS refused it, or did not answer.
    """
    topic = _TOPIC.fullmatch(arn)
    client = Client(replace(target, region=topic["region"] if topic else target.region))
    subject = title.translate(_IN_ASCII).encode("ascii", "replace").decode()[:_LONGEST_SUBJECT]
    params = {"TopicArn": arn, "Subject": subject, "Message": f"{title}\n\n{body}"}
    if topic and topic["fifo"]:
        once = hashlib.sha256(f"{time.time()}{body}".encode()).hexdigest()
        params |= {"MessageGroupId": "reconcile", "MessageDeduplicationId": once}
    call = read("Publish", service="sns", **params)
    try:
        for attempt in range(1, _ATTEMPTS + 1):
            try:
                client.send_once(call)
            # Botocore's roots are two; all are judged by outcome_of.
            except Exception as error:  # noqa: BLE001
                if attempt == _ATTEMPTS or outcome_of(error) is Outcome.FINAL:
                    raise mapped(error, call) from None
                time.sleep(jittered(attempt))
            else:
                return
    finally:
        client.close()
