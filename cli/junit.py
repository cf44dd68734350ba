"""Findings as JUnit XML, which pipelines show as tests: a case for each tenant or file. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final
from xml.etree import ElementTree as Xml

from cli.findings import Checked, Finding, Rule

_NOT_XML: Final = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def document(checked: Sequence[Checked], suite: str) -> str:
    """One suite. What the input or a guard is at fault for fails; what the cloud is at fault for is an error.

    A warning skips: what it is about was not looked at further, and is nobody's failure yet.
    """
    whole = Xml.Element("testsuites")
    cases = Xml.SubElement(whole, "testsuite", {"name": suite})
    counted = {"tests": len(checked), "failures": 0, "errors": 0, "skipped": 0}
    for one in checked:
        case = Xml.SubElement(cases, "testcase", {"classname": one.group or suite, "name": _text(one.subject)})
        if one.seconds is not None:
            case.set("time", f"{one.seconds:.3f}")
        if one.file:
            case.set("file", _text(one.file))
        if one.findings:
            kind = _kind(one.findings)
            counted[_COUNTED[kind]] += 1
            case.append(_told(kind, one.findings))
        elif one.said:
            Xml.SubElement(case, "system-out").text = _text(one.said)
    for name, number in counted.items():
        cases.set(name, str(number))
    Xml.indent(whole)
    return Xml.tostring(whole, encoding="unicode", xml_declaration=True) + "\n"


_COUNTED: Final = {"failure": "failures", "error": "errors", "skipped": "skipped"}


def _kind(findings: Sequence[Finding]) -> str:
    rules = {finding.rule for finding in findings}
    if rules & {Rule.CLOUD_FAILED, Rule.INCONCLUSIVE}:
        return "error"
    return "skipped" if all(rule.level == "warning" for rule in rules) else "failure"


def _told(kind: str, findings: Sequence[Finding]) -> Xml.Element:
    """All findings of a case in one element: readers show the first one only."""
    lines = [f"{finding.where}: {finding.text}" if finding.where else finding.text for finding in findings]
    told = Xml.Element(kind, {"message": _text(findings[0].text)})
    if kind != "skipped":
        told.set("type", findings[0].rule.id)
    told.text = _text("\n".join(lines))
    return told


def _text(text: str) -> str:
    """What XML can hold."""
    return _NOT_XML.sub("\ufffd", text)
