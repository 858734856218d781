"""Parses SQL of a dialect, a JSON object a line on stdin: {"dialect", "sql"}. Fails at the first that is none."""
import json
import sys

import sqlglot

count = 0
for line in sys.stdin:
    asked = json.loads(line)
    sqlglot.parse_one(f"SELECT {asked['sql']} FROM t", read=asked["dialect"], error_level=sqlglot.ErrorLevel.RAISE)
    count += 1
print(count)
