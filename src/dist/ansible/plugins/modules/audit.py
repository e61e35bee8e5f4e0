#!/usr/bin/python
# -*- coding: utf-8 -*-
# SPDX-License-Identifier: MIT
# Runs one audit where the task runs and hands over what it said. Knows no rule: the program judges.

from __future__ import absolute_import, division, print_function
__metaclass__ = type

DOCUMENTATION = r'''
---
module: audit
short_description: Audit one CUCM cluster with mra-preflight
description:
  - Runs C(mra-preflight -f json) on the target, which is the host that reaches the cluster, a jump host for instance.
  - Nothing of the cluster is changed, so that check mode audits as well. RV(ignore:changed) is always false.
  - Certificates that Expressway would refuse are a result (C(passed=false), C(status=fail)), not a failed task, unless O(fail_on) says so.
  - An audit that could not check everything fails the task unless O(fail_on) says otherwise; its report is written all the same.
version_added: 1.0.0
author: The authors of mra-preflight (@mra-preflight)
options:
  publisher:
    description: The publisher of the cluster, name or address.
    type: str
    required: true
  trust:
    description:
      - Trust stores of the peers of Expressway-C.
      - Without any the program says what it can without judging trust.
    type: list
    elements: dict
    default: []
    suboptions:
      name:
        description: Name of the peer, for the report.
        type: str
        required: true
      path:
        description: File on the target.
        type: path
      content:
        description: The text of the store (PEM); kept in a temporary file for the time of the audit.
        type: str
  options:
    description: More options of the program, one word each.
    type: list
    elements: str
    default: []
  program:
    description: The program on the target, a path or a name that is looked up in C(PATH).
    type: str
    default: mra-preflight
  dest:
    description: File on the target for the report, which only its owner may read.
    type: path
  fail_on:
    description: Which results fail the task. That the audit could not be done at all always does.
    type: list
    elements: str
    choices: [refused, incomplete]
    default: [incomplete]
attributes:
  check_mode:
    description: Audits in check mode as well, because nothing is changed by it.
    support: full
'''

EXAMPLES = r'''
- name: Audit a cluster
  mra.preflight.audit:
    publisher: cucm-pub.example.com
    trust:
      - name: exp1
        content: "{{ lookup('ansible.builtin.file', 'exp1-ca.pem') }}"
    options: ["--upgrade=X14.0.7,X14.2"]
    dest: ~/cucm-pub.json
'''

RETURN = r'''
passed:
  description: Whether every advertised address would be accepted. False as well where something could not be checked.
  type: bool
  returned: when there is a report
status:
  description: What the exit status says, C(pass) is 0, C(fail) is 1, C(incomplete) is 3.
  type: str
  returned: when there is a report
answer:
  description: The first sentence of the report.
  type: str
  returned: when there is a report
dest:
  description: Where the report is.
  type: str
  returned: when O(dest) was given and there is a report
exit_status:
  description: Exit status of the program.
  type: int
  returned: when it ran
ansible_facts:
  description: The member C(mra_preflight) has publisher, passed, status and answer.
  type: dict
  returned: when there is a report
'''

import json
import os
import tempfile

from ansible.module_utils.basic import AnsibleModule

STATUSES = {0: 'pass', 1: 'fail', 3: 'incomplete'}
FAILS = {'fail': 'refused', 'incomplete': 'incomplete'}


def store_options(module):
    """-t NAME=FILE for each store; a text becomes a file in the folder that Ansible removes."""
    words = []
    for store in module.params['trust']:
        path = store['path']
        if path is None:
            handle, path = tempfile.mkstemp(suffix='.pem', dir=module.tmpdir)
            with os.fdopen(handle, 'wb') as file:
                file.write(store['content'].encode('utf-8'))
        words += ['-t', '%s=%s' % (store['name'], path)]
    return words


def find_program(module):
    name = os.path.expanduser(module.params['program'])
    return name if os.path.isabs(name) else module.get_bin_path(name, required=True)


def read_report(module, rc, out, err):
    """The report, or the end: a status without a whole report proves nothing."""
    if rc not in STATUSES:
        module.fail_json(msg='The audit could not be done (exit status %d): %s' % (rc, err.strip()), exit_status=rc)
    try:
        report = json.loads(out)
        answer = report['answer']
    except (ValueError, KeyError, TypeError) as problem:
        module.fail_json(msg='Exit status %d, but no report: %s %s' % (rc, problem, err.strip()), exit_status=rc)
    return answer


def keep(module, out):
    """A whole file or none, for its owner only."""
    dest = module.params['dest']
    handle, path = tempfile.mkstemp(dir=os.path.dirname(os.path.abspath(dest)))
    with os.fdopen(handle, 'wb') as file:
        file.write(out.encode('utf-8'))
    os.rename(path, dest)


def main():
    module = AnsibleModule(
        argument_spec=dict(
            publisher=dict(type='str', required=True),
            trust=dict(type='list', elements='dict', default=[], options=dict(
                name=dict(type='str', required=True),
                path=dict(type='path'),
                content=dict(type='str'),
            ), mutually_exclusive=[('path', 'content')], required_one_of=[('path', 'content')]),
            options=dict(type='list', elements='str', default=[]),
            program=dict(type='str', default='mra-preflight'),
            dest=dict(type='path'),
            fail_on=dict(type='list', elements='str', choices=['refused', 'incomplete'], default=['incomplete']),
        ),
        supports_check_mode=True,
    )
    command = [find_program(module)] + store_options(module) + module.params['options']
    command += ['-f', 'json', '--', module.params['publisher']]
    rc, out, err = module.run_command(command)
    answer = read_report(module, rc, out, err)
    result = dict(passed=rc == 0, status=STATUSES[rc], answer=answer)
    facts = dict(mra_preflight=dict(result, publisher=module.params['publisher']))
    try:
        if module.params['dest'] is not None:
            keep(module, out)
            result['dest'] = module.params['dest']
    except (IOError, OSError) as problem:
        module.fail_json(msg='The report could not be written: %s' % problem, exit_status=rc)
    # Not called rc: Ansible takes a result whose rc is not 0 for a failed task.
    result.update(changed=False, exit_status=rc, ansible_facts=facts)
    if FAILS.get(result['status']) in module.params['fail_on']:
        module.fail_json(msg=answer, **result)
    module.exit_json(**result)


if __name__ == '__main__':
    main()
