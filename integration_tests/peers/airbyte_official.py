"""Airbyte's own Salesforce connector, with nothing changed but the login host.

Its login host is fixed in its code, so requests to it are sent to the org named by PRACTICE_ORG instead; from then on the
connector follows the instance_url that the login gave it, as always. Takes the arguments of any Airbyte source.
"""

import os
import sys

from requests.adapters import HTTPAdapter

LOGIN_HOSTS = ("https://login.salesforce.com/", "https://test.salesforce.com/")
ORG = os.environ["PRACTICE_ORG"].rstrip("/") + "/"

send_as_is = HTTPAdapter.send


def send(self, request, *args, **kwargs):
    for host in LOGIN_HOSTS:
        if request.url.startswith(host):
            request.url = ORG + request.url[len(host) :]
    return send_as_is(self, request, *args, **kwargs)


HTTPAdapter.send = send

if __name__ == "__main__":
    from source_salesforce.run import run

    sys.argv[0] = "source-salesforce"
    run()
