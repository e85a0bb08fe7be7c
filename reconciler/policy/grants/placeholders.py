"""What may stand in `${…}` in a spec.

IAM's own variables, which pass untouched; addresses, which begin with the word of a kind; and the language's
variables.
"""

import re

VARIABLE = re.compile(r"\$\{([^{}]*)\}")
IAMS_OWN = re.compile(r"[*?$]|.*:.*", re.DOTALL)
