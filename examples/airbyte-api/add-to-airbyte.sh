#!/bin/sh
# Adds the connector to a self-managed Airbyte and schedules it every three hours: a custom source definition, a source
# with the configuration of a file, and a connection to a destination that exists already.
#
#   AIRBYTE_CLIENT_ID=… AIRBYTE_CLIENT_SECRET=… WORKSPACE_ID=… DESTINATION_ID=… ./add-to-airbyte.sh config.json
#
# AIRBYTE_URL defaults to http://localhost:8000, IMAGE_TAG to latest, SCHEMA (the warehouse's schema) to salesforce.
# AIRBYTE_CLIENT_ID and AIRBYTE_CLIENT_SECRET come from Settings > Applications. The streams are those of streams.json (all that
# streams_preset: segment offers) that the org has; the others are told on stderr.
# Prints the id of the connection. Stops at the first refusal and shows Airbyte's answer.
set -eu

config=${1:?usage: add-to-airbyte.sh config.json}
airbyte=${AIRBYTE_URL:-http://localhost:8000}/api/public/v1
here=$(dirname "$0")

# post PATH: sends the JSON of stdin.
post() {
  curl --silent --show-error --fail-with-body --request POST "$airbyte/$1" \
    --header 'Content-Type: application/json' --header "Authorization: Bearer ${token:-none}" --data-binary @-
}

# get PATH
get() {
  curl --silent --show-error --fail-with-body "$airbyte/$1" --header "Authorization: Bearer $token"
}

# member NAME: the first string member of that name in the JSON of stdin; fails when there is none.
member() {
  tr -d '\n' | sed -n "s/.*\"$1\" *: *\"\([^\"]*\)\".*/\1/p" | grep .
}

token=$(post applications/token <<JSON | member access_token
{
  "client_id": "${AIRBYTE_CLIENT_ID:?}",
  "client_secret": "${AIRBYTE_CLIENT_SECRET:?}",
  "grant-type": "client_credentials"
}
JSON
)

definition_id=$(post "workspaces/${WORKSPACE_ID:?}/definitions/sources" <<JSON | member id
{
  "name": "Salesforce (Modstamp)",
  "dockerRepository": "modstamp/source-salesforce",
  "dockerImageTag": "${IMAGE_TAG:-latest}",
  "documentationUrl": "https://github.com/modstamp/source-salesforce/blob/main/docs/sources/salesforce.md"
}
JSON
)

source_id=$(post sources <<JSON | member sourceId
{
  "name": "Salesforce",
  "workspaceId": "$WORKSPACE_ID",
  "definitionId": "$definition_id",
  "configuration": $(cat "$config")
}
JSON
)

discovered=$(get "streams?sourceId=$source_id&destinationId=${DESTINATION_ID:?}")
offered=$(printf '%s' "$discovered" | tr ',{' '\n\n' | sed -n 's/.*"streamName" *: *"\([^"]*\)".*/\1/p')

# A line of streams.json is a stream. Airbyte refuses a connection with a stream that the org does not have.
streams=$(
  while IFS= read -r line; do
    name=$(printf '%s\n' "$line" | sed -n 's/.*"name": "\([^"]*\)".*/\1/p')
    if [ -z "$name" ]; then continue; fi
    if printf '%s\n' "$offered" | grep -qxF -e "$name"; then printf '%s\n' "${line%,}"; else echo "not in this org: $name" >&2; fi
  done < "$here/streams.json" | paste -s -d , -
)

connection_id=$(post connections <<JSON | member connectionId
{
  "name": "Salesforce to the warehouse",
  "sourceId": "$source_id",
  "destinationId": "$DESTINATION_ID",
  "namespaceDefinition": "custom_format",
  "namespaceFormat": "${SCHEMA:-salesforce}",
  "nonBreakingSchemaUpdatesBehavior": "propagate_columns",
  "schedule": { "scheduleType": "cron", "cronExpression": "0 0 0/3 * * ?" },
  "configurations": { "streams": [$streams] }
}
JSON
)

echo "$connection_id"
