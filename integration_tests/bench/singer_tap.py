"""Singer's tap-salesforce with nothing changed but the login host; takes the arguments of any tap."""

import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "peers"))

import airbyte_official  # noqa: E402,F401 - on import it sends logins to the org named by PRACTICE_ORG

from tap_salesforce import main  # noqa: E402

sys.argv[0] = "tap-salesforce"
main()
