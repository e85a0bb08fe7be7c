"""What may stand in `${…}` in a spec.

IAM's own variables, which pass untouched; addresses; and the language's variables.
"""

import re

VARIABLE = re.compile(r"\$\{([^{}]*)\}")
IAMS_OWN = re.compile(r"[*?$]|.*:.*", re.DOTALL)
ADDRESS = re.compile(
    r"(policy|role|user|group|instance-profile|oidc-provider|saml-provider)\.(.+)", re.DOTALL
)
