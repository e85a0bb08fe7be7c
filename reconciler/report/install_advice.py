"""How this tool is installed, for messages that advise it. It is on no package index.

A release changes this file.
"""

from reconciler import __version__

WHEEL = f"iam_reconciler-{__version__}-py3-none-any.whl"
# The extra that brings the local IAM.
INSTALL_SANDBOX = f"pip install '.[sandbox]' in the folder of the source, or pip install './{WHEEL}[sandbox]'"
