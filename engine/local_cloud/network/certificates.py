"""The local certificate authority, and a certificate for each server: what rds-ca-… is on AWS."""

from __future__ import annotations

import datetime
import ipaddress
from pathlib import Path
from typing import cast

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from engine.local_cloud import locks
from engine.local_cloud.home import Home, write

LOOPBACK = "127.0.0.1"
_DAYS = 3650


def authority(home: Home) -> Path:
    """The authority's certificate, made once; clients verify against it."""
    with locks.held(home.locks / "certificates"):
        _authority(home)
    return home.ca_file


def server(home: Home, address: str) -> tuple[Path, Path]:
    """Certificate and key of the server at an address."""
    certificate, key = home.tls / f"{address}.crt", home.tls / f"{address}.key"
    with locks.held(home.locks / "certificates"):
        if not certificate.exists():
            signer = _authority(home)
            issuer = x509.load_pem_x509_certificate(home.ca_file.read_bytes()).subject
            builder = _builder(address, issuer, _make_key(key), is_authority=False)
            for extension in _of_a_server(signer, address):
                builder = builder.add_extension(extension, critical=False)
            signed = builder.sign(signer, hashes.SHA256())
            write(certificate, signed.public_bytes(serialization.Encoding.PEM))
    return certificate, key


def _of_a_server(signer: ec.EllipticCurvePrivateKey, address: str) -> tuple[x509.ExtensionType, ...]:
    """Where it answers, what it is for, and who signed it: without the last, strict clients refuse it."""
    return (
        x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(address))]),
        x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]),
        x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key()),
    )


def _authority(home: Home) -> ec.EllipticCurvePrivateKey:
    key = home.tls / "ca.key"
    if not home.ca_file.exists():
        made = _make_key(key)
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "tenant local cloud")])
        signed = _builder("tenant local cloud", name, made, is_authority=True).sign(made, hashes.SHA256())
        write(home.ca_file, signed.public_bytes(serialization.Encoding.PEM), 0o644)
        return made
    return cast("ec.EllipticCurvePrivateKey", serialization.load_pem_private_key(key.read_bytes(), None))


def _make_key(path: Path) -> ec.EllipticCurvePrivateKey:
    key = ec.generate_private_key(ec.SECP256R1())
    form = serialization.PrivateFormat.PKCS8
    write(path, key.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption()))
    return key


def _builder(
    name: str, issuer: x509.Name, key: ec.EllipticCurvePrivateKey, *, is_authority: bool
) -> x509.CertificateBuilder:
    now = datetime.datetime.now(datetime.UTC)
    usage = x509.KeyUsage(
        digital_signature=True,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=is_authority,
        crl_sign=is_authority,
        encipher_only=False,
        decipher_only=False,
    )
    return (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]))
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=_DAYS))
        .add_extension(x509.BasicConstraints(ca=is_authority, path_length=None), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )
