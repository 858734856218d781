"""Judges an example by what its host's own makers publish, and prints it as JSON.

judge.py kubernetes FILE    each document against the schemas of Kubernetes, unknown members refused
judge.py terraform FILE     parses HCL
judge.py airbyte FILE       requests ({path, body} a line) against the models of Airbyte's public API
"""

import json
import sys


def kubernetes(path):
    import kubernetes_validate
    import yaml

    with open(path, encoding="utf-8") as file:
        documents = list(yaml.safe_load_all(file))
    for document in documents:
        kubernetes_validate.validate(document, "1.31", strict=True)
    return documents


def terraform(path):
    import hcl2

    with open(path, encoding="utf-8") as file:
        return hcl2.load(file)


def airbyte(path):
    from airbyte_api import models

    by_path = {
        "definitions/sources": models.CreateDefinitionRequest,
        "sources": models.SourceCreateRequest,
        "connections": models.ConnectionCreateRequest,
    }
    with open(path, encoding="utf-8") as file:
        requests = [json.loads(line) for line in file]
    judged = []
    for request in requests:
        model = next((model for end, model in by_path.items() if request["path"].endswith(end)), None)
        if model is None:
            continue
        body = dict(request["body"])
        if "configuration" in body:
            # The models know Airbyte's own connectors only; spec.json judges this one.
            body["configuration"] = {"sourceType": "faker"}
        known = {field.alias or name for name, field in model.model_fields.items()}
        unknown = set(body) - known
        if unknown:
            raise ValueError(f"{request['path']} does not know {', '.join(sorted(unknown))}")
        model.model_validate(body)
        judged.append(request["path"])
    return judged


if __name__ == "__main__":
    judges = {"kubernetes": kubernetes, "terraform": terraform, "airbyte": airbyte}
    json.dump(judges[sys.argv[1]](sys.argv[2]), sys.stdout)
