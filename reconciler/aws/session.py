"""Botocore's sessions and clients, set up as every call here wants them.

As whom they sign in, and how errors are told, is `client`'s.
"""

from functools import cache
from pathlib import Path
from typing import Any

from botocore.config import Config
from botocore.loaders import Loader, create_loader
from botocore.session import Session

from reconciler import __version__

# The region through which the global IAM of a partition is reached when none is set.
DEFAULT_REGION = "us-east-1"
MOST_AT_ONCE = 32


class _Descriptions(Loader):
    """Botocore's loader, which takes each folder for a service's: to be sure it looks into all, twice.

    There are four hundred, and signing in may call others than the few that are called here. One that lacks
    what is asked for is an error of botocore's a step later.
    """

    def list_available_services(self, type_name: str) -> list[str]:  # noqa: ARG002 - botocore's signature
        folders = (Path(path) for path in self.search_paths)
        return sorted({entry.name for folder in folders if folder.is_dir() for entry in folder.iterdir()})


def new_session(profile: str | None, region: str | None) -> Session:
    """A session; None leaves it to AWS's usual variables and files.

    Raises:
        BotoCoreError: there is no such profile.
    """
    # boto3's own session is left aside: it takes a fifth of the start-up and adds nothing to this.
    session = Session(profile=profile)
    session.register_component("data_loader", _loader(session.get_config_variable("data_path")))
    # Dates are not looked at, and reading them takes longer than all the rest of an answer.
    session.get_component("response_parser_factory").set_parser_defaults(timestamp_parser=str)
    if region:
        session.set_config_variable("region", region)
    return session


@cache
def _loader(data_path: str | None) -> Loader:
    """What reads botocore's descriptions of services: one for all clients of a process.

    A loader keeps what it has read. A session's own would read it anew in each run of a watch, and for each
    message to a topic. The path is the user's setting of where else to look, so profiles may have their own.
    """
    folders = create_loader(data_path).search_paths
    return _Descriptions(extra_search_paths=folders, include_default_search_paths=False)


def connected(session: Session, service: str, region: str | None, endpoint_url: str | None) -> Any:
    """A client of the service, in that region, else in the session's.

    Raises:
        ValueError, BotoCoreError: the settings can't be used.
    """
    return session.create_client(
        service,
        region_name=region or session.get_config_variable("region") or DEFAULT_REGION,
        endpoint_url=endpoint_url,
        config=_config(),
    )


def _config() -> Config:
    # One attempt: a write that botocore repeats blindly after a lost answer looks like the first.
    return Config(
        retries={"total_max_attempts": 1},
        max_pool_connections=MOST_AT_ONCE,
        connect_timeout=5,
        read_timeout=30,
        user_agent_extra=f"iam-reconciler/{__version__}",
    )
