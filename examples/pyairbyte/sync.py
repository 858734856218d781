"""Salesforce into a DuckDB file with PyAirbyte.

    pip install airbyte
    python sync.py config.json --executable /path/to/dist/main.js      the built connector
    python sync.py config.json --image modstamp/source-salesforce      or its image, with docker

A second run reads what changed since: PyAirbyte keeps the states in the same file.
"""

import argparse
import json

import airbyte as ab

STREAMS = ["accounts", "contacts", "leads", "opportunities", "users"]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("config", help="the connector's configuration, JSON")
    runner = parser.add_mutually_exclusive_group(required=True)
    runner.add_argument("--executable", help="path of the built dist/main.js")
    runner.add_argument("--image", help="name of the docker image")
    parser.add_argument("--database", default="salesforce.duckdb")
    options = parser.parse_args()

    with open(options.config, encoding="utf-8") as file:
        config = json.load(file)
    program = {"local_executable": options.executable} if options.executable else {"docker_image": options.image}
    source = ab.get_source("source-salesforce-modstamp", config=config, install_if_missing=False, **program)
    source.check()
    source.select_streams(STREAMS)
    cache = ab.DuckDBCache(db_path=options.database, schema_name="sfdc")
    result = source.read(cache=cache)
    for stream in STREAMS:
        print(f"{stream}: {len(result[stream])} rows in sfdc.{stream}")


if __name__ == "__main__":
    main()
