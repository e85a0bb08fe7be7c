"""How this tool comes to a machine, for all that advises to install it. It is on no index.

A release changes this file.
"""

from reconciler import __version__

WHEEL = f"iam_reconciler-{__version__}-py3-none-any.whl"
# The extra that brings the local IAM.
INSTALL_SANDBOX = f"pip install '.[sandbox]' in the folder of the source, or pip install './{WHEEL}[sandbox]'"
