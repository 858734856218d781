"""Airbyte's standard tests for a connector's image (airbyte-cdk), by their own class; see standard-tests.test.ts."""

from airbyte_cdk.test.standard_tests.docker_base import DockerConnectorTestSuite


class TestSuite(DockerConnectorTestSuite):
    """Everything is inherited."""
