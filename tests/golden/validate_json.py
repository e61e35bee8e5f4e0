#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""validate_json.py SCHEMA REPORT...: holds reports against the schema, and the schema against the reports: a member that
the schema does not name is an error here, although readers have to ignore it. Also follows every reference inside."""
import json
import sys

import jsonschema


def strict(schema):
    """The same schema, but nothing may be there that it does not name."""
    if isinstance(schema, list):
        return [strict(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    copy = {key: strict(value) for key, value in schema.items()}
    if isinstance(copy.get("properties"), dict) and "additionalProperties" not in copy and copy.get("type") == "object":
        copy["additionalProperties"] = False
    return copy


def references(report):
    """Everything that names something by fingerprint or index must be there."""
    certificates = report["certificates"]
    stores = {store["name"] for store in report["trust_stores"]}
    for name, holders in (("chain", report.get("observations", []) + [c["discovery"] for c in report.get("clusters", [])]),
                          ("fingerprints", report["trust_stores"]), ("certificates", report.get("plan", []))):
        for holder in holders:
            for fingerprint in holder[name]:
                assert fingerprint in certificates, f"{name}: {fingerprint} is not in certificates"
    for index, observation in enumerate(report.get("observations", [])):
        assert observation["id"] == index
        assert report["nodes"][observation["node_id"]]["name"] == observation["node"]
        assert (observation["outcome"] == "presented") == bool(observation["chain"]), f"observation {index}: chain or not?"
    for verdict in report["verdicts"]:
        assert verdict["trust"] in stores
        assert verdict["accepted"] == (not verdict["reasons"]), verdict
        assert not verdict["accepted"] or verdict["log"] == "", verdict
        if "observation" in verdict:
            assert report["observations"][verdict["observation"]]["outcome"] == "presented"


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        schema = json.load(file)
    jsonschema.Draft202012Validator.check_schema(schema)
    for path in sys.argv[2:]:
        with open(path, encoding="utf-8", errors="strict") as file:
            report = json.load(file, parse_constant=lambda name: sys.exit(f"{path}: {name} is no JSON"))
        part = strict(schema)
        if "verdicts" in report and "observations" not in report: # what `verify` writes
            part = {"$schema": schema["$schema"], "$ref": "#/$defs/verify", "$defs": part["$defs"]}
        errors = sorted(jsonschema.Draft202012Validator(part).iter_errors(report), key=str)
        for error in errors[:10]:
            print(f"{path}: {'/'.join(map(str, error.absolute_path))}: {error.message}")
        if errors:
            sys.exit(1)
        if "verdicts" in report:
            references(report)


main()
