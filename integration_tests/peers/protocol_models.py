"""Parses each line of the file named by the argument with Airbyte's own generated protocol models; prints what they refuse."""

import sys

from airbyte_protocol.models import AirbyteMessage

refused = 0
with open(sys.argv[1]) as lines:
    for number, line in enumerate(lines, start=1):
        try:
            AirbyteMessage.model_validate_json(line)
        except Exception as error:
            refused += 1
            print(f"line {number}: {error}: {line[:200]}")

sys.exit(1 if refused else 0)
