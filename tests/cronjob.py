#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# src/dist/cronjob.yaml is what the Kubernetes API takes (cronjob.schema.json: the members that it uses, as the API reference
# names and types them), holds together in itself, and starts this program.
import copy
import json
import os
import re
import subprocess
import sys
import tempfile

try:
    import jsonschema
    import yaml
except ImportError as error:
    print("skipped:", error, "(python3-yaml, python3-jsonschema)")
    sys.exit(77)

SRC = os.environ.get("srcdir", ".")
PROGRAM = os.environ.get("MRA_PREFLIGHT", os.path.abspath("mra-preflight"))
bad = 0


def check(what, holds):
    global bad
    bad += not holds
    print("ok   " if holds else "MISS ", what)


def places(value, path=()):
    """Every (path, value) in a document."""
    yield path, value
    members = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, member in members:
        yield from places(member, path + (name,))


def changed(document, path, change):
    document = copy.deepcopy(document)
    if not path:
        return change(document)
    holder = document
    for name in path[:-1]:
        holder = holder[name]
    holder[path[-1]] = change(holder[path[-1]])
    return document


with open(SRC + "/src/dist/cronjob.yaml") as file:
    job = yaml.safe_load(file)
with open(SRC + "/tests/cronjob.schema.json") as file:
    schema = json.load(file)
jsonschema.Draft202012Validator.check_schema(schema)
api = jsonschema.Draft202012Validator(schema)
for error in api.iter_errors(job):
    print("/".join(map(str, error.absolute_path)), error.message)
check("the API takes it", api.is_valid(job))

# The schema itself: a slip anywhere in the example is one that it refuses.
for path, value in places(job):
    where = "/".join(map(str, path)) or "the document"
    if isinstance(value, dict):
        check("an unknown member is refused in " + where,
              not api.is_valid(changed(job, path, lambda old: {**old, "unknown": "x"})))
    wrong = "x y" if isinstance(value, (bool, int, dict, list)) else 7
    check("another type is refused at " + where, not api.is_valid(changed(job, path, lambda old: wrong)))

spec = job["spec"]["jobTemplate"]["spec"]
pod = spec["template"]["spec"]
container = pod["containers"][0]
version = subprocess.run([PROGRAM, "--version"], capture_output=True, text=True, check=True).stdout.split()[-1]
check("the image is that of this version", container["image"] == "mra-preflight:" + version)
with open(SRC + "/README.md") as file:
    named = set(re.findall(r"mra-preflight:([0-9][0-9.]*[0-9])", file.read()))
check("README names the same image", named == {version})
check("every volume that is mounted is there", {mount["name"] for mount in container["volumeMounts"]} ==
      {volume["name"] for volume in pod["volumes"]})
usage = subprocess.run([PROGRAM, "--help"], capture_output=True, text=True, check=True).stdout
deadline = re.search(r"--deadline=S .*\((\d+)\)$", usage, re.M)
check("the job's deadline is behind the program's", deadline and spec["activeDeadlineSeconds"] > int(deadline[1]))
# The user of the image and of the job are one, and not root: kubelet wants a number to believe that.
with open(SRC + "/src/dist/Containerfile") as file:
    user = re.search(r"^USER (\d+):(\d+)$", file.read(), re.M)
context = pod["securityContext"]
check("the user is the image's", user and (context["runAsUser"], context["runAsGroup"]) == (int(user[1]), int(user[2])))

# Its arguments: nothing listens at that address, so nothing can be checked (3), which is not a wrong use (2).
with tempfile.TemporaryDirectory() as folder:
    args = container["args"]
    mount = container["volumeMounts"][0]["mountPath"]
    check("the trust store is in the volume", args[args.index("-t") + 1].startswith(mount + "/"))
    store = args[args.index("-t") + 1].replace(mount, folder)
    publisher = args[-1]
    with open(folder + "/template", "w") as file:
        file.write("cn = Root\nca\nexpiration_days = 9\n")
    subprocess.run(["certtool", "--generate-privkey", "--key-type", "ecdsa", "--outfile", folder + "/key"],
                   check=True, capture_output=True)
    subprocess.run(["certtool", "--generate-self-signed", "--load-privkey", folder + "/key", "--template",
                    folder + "/template", "--outfile", store], check=True, capture_output=True)
    done = subprocess.run([PROGRAM, "--resolve", publisher + ":127.91.7.3", "--dns-server", "127.91.7.3:9", "--retries", "0"] +
                          [arg.replace(mount, folder) for arg in args], capture_output=True, text=True)
    check("its arguments start an audit", done.returncode == 3)
    if done.returncode != 3:
        print(done.returncode, done.stdout, done.stderr)
sys.exit(bad != 0)
