"""What SARIF 2.1.0 requires of the parts that reports use (OASIS standard, §3.13 to §3.58).

No package of a registry has the whole schema.
"""

import json
from pathlib import Path
from typing import Any

SARIF: dict[str, Any] = json.loads(Path(__file__).with_name("sarif.schema.json").read_text(encoding="utf-8"))
