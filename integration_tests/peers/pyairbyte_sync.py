"""Syncs our program by PyAirbyte into a DuckDB file, as one of its users would write it.

Arguments: the program (a path, or `docker:` and an image), the config file, the DuckDB file, the streams (separated by commas), and the file for the outcome:
streams available, records read by PyAirbyte's count, and the rows of each table afterwards, by id.
"""

import json
import sys

import airbyte as ab

program, config_path, database, streams, outcome_path = sys.argv[1:6]

with open(config_path) as file:
    config = json.load(file)

if program.startswith("docker:"):
    executor = {"docker_image": program.removeprefix("docker:"), "use_host_network": True}
else:
    executor = {"local_executable": program}

source = ab.get_source("source-salesforce-modstamp", config=config, install_if_missing=False, **executor)
source.check()
names = streams.split(",")
source.select_streams(names)
cache = ab.DuckDBCache(db_path=database, schema_name="sfdc")
result = source.read(cache=cache)

tables = {}
for name in names:
    rows = cache[name].to_pandas()
    rows = rows[[column for column in rows.columns if not column.startswith("_")]]
    tables[name] = json.loads(rows.to_json(orient="records", date_format="iso", date_unit="ms"))

with open(outcome_path, "w") as file:
    json.dump({"available": len(source.get_available_streams()), "processed": result.processed_records, "tables": tables}, file)
