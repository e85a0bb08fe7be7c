"""Specs of certificates, and what the sandbox has of them."""

from collections.abc import Mapping
from typing import Any

from tests.conftest import Server

SECTION = "server_certificates"
FIRST = """version: 1
name: a/toys
tags: {team: web}
server_certificates:
  shop.example: {certificate: "-----BEGIN CERTIFICATE-----shop", path: /a/}
  gone.example: {certificate: "-----BEGIN CERTIFICATE-----gone", tags: {old: x}}
  same.example: {certificate: "-----BEGIN CERTIFICATE-----same"}
"""
THEN = FIRST.replace("/a/", "/b/").replace("{old: x}", "{new: x}") + (
    '  new.example: {certificate: "-----BEGIN CERTIFICATE-----new"}\n'
)
SHOP, GONE = "server-certificate.shop.example", "server-certificate.gone.example"


def certificate(sandbox: Server, name: str) -> Mapping[str, Any]:
    answer = sandbox.iam().get_server_certificate(ServerCertificateName=name)["ServerCertificate"]
    return {**answer, "Tags": sorted(answer["Tags"], key=lambda tag: tag["Key"])}


def everything(sandbox: Server) -> dict[str, Mapping[str, Any]]:
    listed = sandbox.iam().list_server_certificates()["ServerCertificateMetadataList"]
    names = [entry["ServerCertificateName"] for entry in listed]
    return {name: certificate(sandbox, name) for name in sorted(names)}
