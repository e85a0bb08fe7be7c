"""Sessions: what clients of one process share."""

import gc
from pathlib import Path

import pytest
from botocore.exceptions import DataNotFoundError
from botocore.loaders import Loader, create_loader

from reconciler.aws.client import Client, Target
from reconciler.aws.session import connected, new_session


@pytest.fixture
def own_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A profile of each sort in the user's file, and no variables; the file."""
    settings = tmp_path / "config"
    settings.write_text(
        "[profile plain]\nregion = eu-west-1\n[profile patient]\nregion = eu-central-1\n"
        f"[profile extended]\nregion = us-west-2\ndata_path = {tmp_path}\n"
    )
    for name in ("AWS_PROFILE", "AWS_REGION", "AWS_DEFAULT_REGION", "AWS_DATA_PATH", "AWS_ENDPOINT_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_CONFIG_FILE", str(settings))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    return tmp_path


def loaders() -> set[int]:
    gc.collect()
    return {id(thing) for thing in gc.get_objects() if isinstance(thing, Loader)}


@pytest.mark.usefixtures("own_settings")
def test_all_clients_of_a_process_have_one_loader() -> None:
    first = Client(Target(profile="plain"))
    assert first.endpoint == ""
    before = loaders()
    others = [
        Client(Target(profile="patient")),
        Client(Target(region="eu-north-1", endpoint_url="http://localhost:1")),
        Client(Target()),
    ]
    for client in others:
        for service in ("iam", "sts", "resourcegroupstaggingapi", "sns"):
            assert client._service(service).meta.service_model.operation_names
    assert loaders() == before


@pytest.mark.usefixtures("own_settings")
def test_the_loader_knows_all_services_that_botocore_knows() -> None:
    ours = new_session(None, None).get_component("data_loader")
    for type_name in ("service-2", "endpoint-rule-set-1"):
        known = set(create_loader().list_available_services(type_name))
        assert known - set(ours.list_available_services(type_name)) == set()


@pytest.mark.usefixtures("own_settings")
def test_there_is_no_client_of_an_unknown_service() -> None:
    with pytest.raises(DataNotFoundError):
        connected(new_session(None, None), "no-service", None, None)


def test_a_profile_may_have_descriptions_of_its_own(own_settings: Path) -> None:
    plain, patient, extended = (
        new_session(profile, None).get_component("data_loader")
        for profile in ("plain", "patient", "extended")
    )
    assert plain is patient
    assert str(own_settings) not in plain.search_paths
    assert str(own_settings) in extended.search_paths


@pytest.mark.usefixtures("own_settings")
def test_a_region_is_the_targets_then_the_profiles() -> None:
    regions = [
        Client(Target(profile, region=region))._service("sts").meta.region_name
        for profile, region in (("plain", None), ("patient", None), ("plain", "eu-south-1"), (None, None))
    ]
    assert regions == ["eu-west-1", "eu-central-1", "eu-south-1", "us-east-1"]
