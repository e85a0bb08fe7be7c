"""SAML metadata for specs to name."""

from pathlib import Path


def metadata(entity: str, until: str = "2035-01-01T00:00:00Z") -> str:
    """As short as IAM takes it."""
    head = '<?xml version="1.0"?>\n<md:EntityDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata"'
    return f'{head} entityID="{entity}" validUntil="{until}">\n<!-- {"x" * 1000} -->\n</md:EntityDescriptor>'


METADATA = {"a.xml": metadata("https://idp.example/a"), "b.xml": metadata("https://idp.example/b")}


def write_metadata(folder: Path) -> None:
    """The files, with what is around the text of no matter."""
    for name, text in METADATA.items():
        (folder / name).write_bytes(f"{text}\n\n".replace("\n", "\r\n").encode())
