#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""check_formats.py DIR: reads each report in DIR as its consumers would, and complains of what they would stumble over.
Standard library only; the bigger checkers (promtool, xmllint, a JSON Schema validator, cmark-gfm) are in check_tools.sh."""
import csv
import glob
import html.parser
import os
import re
import sys
import unicodedata
import xml.etree.ElementTree

PROBLEMS = []


def problem(path, text):
    PROBLEMS.append(f"{os.path.basename(path)}: {text}")


def load(path):
    with open(path, "rb") as file:
        return file.read().decode("utf-8", errors="strict")


def check_characters(path, text, allowed="\n"):
    """Nothing that a terminal or an eye could be fooled by."""
    for character in set(text) - set(allowed):
        if unicodedata.category(character) in ("Cc", "Cf", "Zl", "Zp", "Cs", "Co", "Cn"):
            problem(path, f"has U+{ord(character):04X}")


def check_text(path, text):
    color = ".color." in path
    if color:
        if "\x1b[" not in text:
            problem(path, "has no colour")
        text = re.sub(r"\x1b\[[0-9;]*m", "", text)
    elif "\x1b" in text:
        problem(path, "has an escape sequence")
    check_characters(path, text)
    width = 40 if ".narrow." in path else 80
    for line in text.splitlines():
        words = line.lstrip(" *->0123456789.").split()
        whole = words[:1] in (["WARNING:"], ["ERROR:"]) or len(words) == 1
        if len(line) > width and not whole:
            problem(path, f"a line of {len(line)} columns: {line}")
        if line != line.rstrip():
            problem(path, f"blanks at the end: {line!r}")
    if not re.match(r"(Yes|No|Not known)\b", text):
        problem(path, "does not begin with the answer")


class Page(html.parser.HTMLParser):
    """Balance, and what is there at all."""
    VOID = {"meta", "br", "link", "img", "hr", "input"}
    KNOWN = {"html", "head", "title", "style", "body", "header", "main", "section", "div", "p", "h1", "h2", "h3", "ol", "ul",
             "li", "code", "pre", "details", "summary", "table", "thead", "tbody", "tr", "th", "td", "dl", "dt", "dd", "b",
             "span", "nav", "a", "small", "svg", "text", "rect"} | VOID

    def __init__(self, path):
        super().__init__(convert_charrefs=True)
        self.path, self.open, self.seen, self.ids, self.ways = path, [], {}, [], []

    def handle_starttag(self, tag, attrs):
        self.seen[tag] = self.seen.get(tag, 0) + 1
        if tag not in self.KNOWN:
            problem(self.path, f"has <{tag}>")
        if tag not in self.VOID:
            self.open.append(tag)
        for name, value in attrs:
            if name == "id":
                self.ids.append(value)
            elif name == "href" and value.startswith("#"):
                self.ways.append(value[1:])
            elif name in ("src", "href", "srcset", "action", "background", "style") or name.startswith("on"):
                problem(self.path, f"has {name}={value!r} in <{tag}>")

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            problem(self.path, f"</{tag}> closes nothing, line {self.getpos()[0]}")


def check_html(path, text):
    check_characters(path, text)
    page = Page(path)
    page.feed(text)
    page.close()
    if len(set(page.ids)) != len(page.ids) or not set(page.ways) <= set(page.ids):
        problem(path, f"leads to {page.ways}, has {page.ids}")
    if page.open:
        problem(path, f"leaves open: {page.open}")
    if not text.startswith("<!DOCTYPE html>"):
        problem(path, "has no doctype")
    for once in ("title", "h1", "style"):
        if page.seen.get(once) != 1:
            problem(path, f"has {page.seen.get(once, 0)} <{once}>")
    style = re.search(r"<style>(.*?)</style>", text, re.S).group(1)
    if re.search(r"url\(|@import|//", style):
        problem(path, "its style reaches outside")
    if style.count("{") != style.count("}"):
        problem(path, "its style is not balanced")
    for used in re.findall(r"var\((--[a-z-]+)\)", style):
        if f"{used}:" not in style:
            problem(path, f"its style uses {used}, which nothing sets")


def check_csv(path, text):
    check_characters(path, text, "\r\n")
    if re.search(r"(?<!\r)\n", text):
        problem(path, "has a bare line feed")
    rows = list(csv.reader(text.splitlines(), strict=True))
    for number, row in enumerate(rows):
        if len(row) != len(rows[0]):
            problem(path, f"row {number} has {len(row)} cells, not {len(rows[0])}")
        for cell in row:
            if cell[:1] in ("=", "+", "-", "@", "\t", "\r") and not re.fullmatch(r"-?[0-9]+", cell):
                problem(path, f"row {number}: a spreadsheet would compute {cell!r}")


def check_junit(path, text):
    check_characters(path, text)
    root = xml.etree.ElementTree.fromstring(text.encode())
    for suite in [root] + root.findall("testsuite"):
        cases = suite.findall(".//testcase")
        for name, found in (("tests", len(cases)), ("failures", len(suite.findall(".//failure"))),
                            ("errors", len(suite.findall(".//error"))), ("skipped", len(suite.findall(".//skipped")))):
            if int(suite.get(name)) != found:
                problem(path, f"{suite.get('name')}: {name}={suite.get(name)}, but there are {found}")
    names = [(case.get("classname"), case.get("name")) for case in root.iter("testcase")]
    if len(names) != len(set(names)):
        problem(path, "a case is there twice")


def check_nagios(path, text):
    """Monitoring Plugins Development Guidelines, "Performance data" and "Threshold and ranges"."""
    check_characters(path, text)
    first, _, rest = text.partition("\n")
    if not text.endswith("\n") or "|" in rest:
        problem(path, "has a second \"|\" or an open last line")
    for line in rest.splitlines():
        if not re.match(r"(FAIL|WARNING): \S", line):
            problem(path, f"a line of its long output: {line}")
    output, _, performance = first.partition(" | ")
    if not re.match(r"MRA (OK|WARNING|CRITICAL|UNKNOWN) - \S", output) or "|" in output + performance:
        problem(path, "is not `SERVICE STATUS - text | data`")
    number, span = r"-?[0-9]+(\.[0-9]+)?", r"@?(~:|-?[0-9.]+:)?(-?[0-9.]+)?"
    for item in performance.split():
        if not re.fullmatch(rf"[a-z_]+={number}(s|ms|us|%|B|c)?(;{span}){{0,2}}(;({number})?:?){{0,2}}", item):
            problem(path, f"performance data {item!r}")


def check_prometheus(path, text):
    """Exposition format 0.0.4, and the naming rules that promtool checks."""
    check_characters(path, text)
    known, seen, closed, last = {}, set(), set(), None
    sample = re.compile(r'([a-zA-Z_:][a-zA-Z0-9_:]*)(\{((?:[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\\n]|\\[\\n"])*",?)*)\})? (-?[0-9.]+)$')
    for line in text.splitlines():
        head = re.match(r"# (HELP|TYPE) (\S+) (.+)$", line)
        if head:
            known.setdefault(head[2], set()).add(head[1])
            continue
        match = sample.match(line)
        if not match:
            problem(path, f"is no sample: {line}")
            continue
        name = match[1]
        if known.get(name) != {"HELP", "TYPE"}:
            problem(path, f"{name} has no HELP and TYPE before it")
        if name != last:
            closed.add(last)
            if name in closed:
                problem(path, f"{name} comes in two places")
        last = name
        if (name, match[2]) in seen:
            problem(path, f"twice: {line}")
        seen.add((name, match[2]))
        if re.search(r"_(ms|minutes|hours|days|total|count|sum|bucket|gauge)$", name) or not name.startswith("mra_preflight_"):
            problem(path, f"badly named: {name}")
    if not text.endswith("\n"):
        problem(path, "its last line does not end")


def check_markdown(path, text):
    check_characters(path, text)
    fenced = False
    for line in text.splitlines():
        if line.startswith("~~~"):
            fenced = not fenced
        if fenced:
            continue
        outside = re.sub(r"(?<!\\)(`+) ?.*?[^`]\1(?!`)", "", line) # without code spans
        if re.search(r"(?<!\\)<", outside):
            problem(path, f"an open < in {line}")
        if re.search(r"(?<!\\)\]\(", outside) or re.search(r"(?<!\\)://", outside):
            problem(path, f"a link in {line}")
    if fenced:
        problem(path, "a fence stays open")
    for table in re.findall(r"(?:^\|.*\n)+", text, re.M):
        widths = {len(re.findall(r"(?<!\\)\|", row)) for row in table.splitlines()}
        if len(widths) != 1:
            problem(path, f"a table with rows of {widths} bars")


CHECKS = {"text": check_text, "html": check_html, "csv": check_csv, "certificates": check_csv, "junit": check_junit, "nagios": check_nagios,
          "prometheus": check_prometheus, "markdown": check_markdown}


def main():
    for name, check in CHECKS.items():
        paths = sorted(glob.glob(os.path.join(sys.argv[1], f"*.{name}")))
        if not paths:
            problem(name, "no such file")
        for path in paths:
            check(path, load(path))
    print("\n".join(PROBLEMS), end="\n" if PROBLEMS else "")
    sys.exit(1 if PROBLEMS else 0)


main()
