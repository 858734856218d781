# The connector in a self-managed Airbyte, read every three hours, by Airbyte's Terraform provider.
# Parsed by `terraform fmt`, not applied: the provider and an Airbyte were not at hand.

terraform {
  required_providers {
    airbyte = {
      source  = "airbytehq/airbyte"
      version = "~> 0.13"
    }
  }
}

variable "airbyte_url" {
  type    = string
  default = "http://localhost:8000/api/public/v1"
}

variable "airbyte_client_id" {
  type = string
}

variable "airbyte_client_secret" {
  type      = string
  sensitive = true
}

variable "workspace_id" {
  type = string
}

variable "destination_id" {
  type = string
}

# Of the custom definition: Settings > Sources > New connector > Add a new Docker connector, then its id from the URL.
variable "definition_id" {
  type = string
}

variable "salesforce_client_id" {
  type = string
}

variable "salesforce_client_secret" {
  type      = string
  sensitive = true
}

variable "salesforce_refresh_token" {
  type      = string
  sensitive = true
}

provider "airbyte" {
  server_url    = var.airbyte_url
  client_id     = var.airbyte_client_id
  client_secret = var.airbyte_client_secret
}

resource "airbyte_source_custom" "salesforce" {
  name          = "Salesforce"
  workspace_id  = var.workspace_id
  definition_id = var.definition_id
  configuration = jsonencode({
    credentials = {
      auth_type     = "oauth"
      client_id     = var.salesforce_client_id
      client_secret = var.salesforce_client_secret
      refresh_token = var.salesforce_refresh_token
    }
    naming                = "segment"
    hard_deletes          = true
    quota_reserve_percent = 20
  })
}

resource "airbyte_connection" "salesforce" {
  name                                 = "Salesforce to the warehouse"
  source_id                            = airbyte_source_custom.salesforce.source_id
  destination_id                       = var.destination_id
  namespace_definition                 = "custom_format"
  namespace_format                     = "salesforce"
  non_breaking_schema_updates_behavior = "propagate_columns"

  schedule = {
    schedule_type   = "cron"
    cron_expression = "0 0 0/3 * * ?"
  }

  configurations = {
    streams = [
      for name in ["accounts", "contacts", "leads", "opportunities", "campaigns", "cases", "tasks", "events", "users"] : {
        name      = name
        sync_mode = "incremental_deduped_history"
      }
    ]
  }
}
