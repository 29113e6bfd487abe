"""Values as JSON: whole numbers are integers of any size, symbolic ones and fractions are strings."""

from __future__ import annotations

from json import JSONEncoder

json_text = JSONEncoder(default=str).encode
unescaped_json_text = JSONEncoder(default=str, ensure_ascii=False).encode
