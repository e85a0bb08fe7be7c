"""Instance profiles and identity providers of an account that is kept in memory."""

from tests.plan.harness.holders import Params, as_list, missing, of_list
from tests.plan.harness.policies import PoliciesInMemory


class ProvidersInMemory(PoliciesInMemory):
    """The operations of IAM on them: profiles are kept by their names, providers by their ARNs."""

    def __init__(self, account: str) -> None:
        super().__init__(account)
        self.profiles: dict[str, Params] = {}
        self.providers: dict[str, Params] = {}

    def create_instance_profile(self, p: Params) -> Params:
        name, path = p["InstanceProfileName"], p.get("Path", "/")
        arn = self.arn("instance-profile", path, name)
        shown = {
            "InstanceProfileName": name,
            "Path": path,
            "Arn": arn,
            "Tags": p.get("Tags", []),
            "Roles": [],
        }
        self.profiles[name] = shown
        return {"InstanceProfile": shown}

    def delete_instance_profile(self, p: Params) -> Params:
        del self.profiles[p["InstanceProfileName"]]
        return {}

    def get_instance_profile(self, p: Params) -> Params:
        if p["InstanceProfileName"] not in self.profiles:
            raise missing(p["InstanceProfileName"])
        return {"InstanceProfile": self.profiles[p["InstanceProfileName"]]}

    def add_role_to_instance_profile(self, p: Params) -> Params:
        self.profiles[p["InstanceProfileName"]]["Roles"] = [self.of["role"][p["RoleName"]].shown]
        return {}

    def remove_role_from_instance_profile(self, p: Params) -> Params:
        self.profiles[p["InstanceProfileName"]]["Roles"] = []
        return {}

    def list_instance_profiles(self, _: Params) -> Params:
        return {"InstanceProfiles": list(self.profiles.values())}

    def list_instance_profiles_for_role(self, p: Params) -> Params:
        name = p["RoleName"]
        own = [q for q in self.profiles.values() if any(role["RoleName"] == name for role in q["Roles"])]
        return {"InstanceProfiles": own}

    def list_open_id_connect_providers(self, _: Params) -> Params:
        return {"OpenIDConnectProviderList": self._listed_providers("oidc-provider")}

    def list_saml_providers(self, _: Params) -> Params:
        return {"SAMLProviderList": self._listed_providers("saml-provider")}

    def _listed_providers(self, kind: str) -> list[Params]:
        return [{"Arn": arn} for arn in self.providers if f":{kind}/" in arn]

    def create_open_id_connect_provider(self, p: Params) -> Params:
        arn = self.arn("oidc-provider", "/", p["Url"].removeprefix("https://"))
        self.providers[arn] = {"ThumbprintList": ["0" * 40], **p}
        return {"OpenIDConnectProviderArn": arn}

    def create_saml_provider(self, p: Params) -> Params:
        arn = self.arn("saml-provider", "/", p["Name"])
        self.providers[arn] = dict(p)
        return {"SAMLProviderArn": arn}

    def _provider(self, arn: str) -> Params:
        if arn not in self.providers:
            raise missing(arn)
        return self.providers[arn]

    def get_open_id_connect_provider(self, p: Params) -> Params:
        return self._provider(p["OpenIDConnectProviderArn"])

    def get_saml_provider(self, p: Params) -> Params:
        return self._provider(p["SAMLProviderArn"])

    def tag_open_id_connect_provider(self, p: Params) -> Params:
        self._retag(self._provider(p["OpenIDConnectProviderArn"]), p)
        return {}

    def tag_saml_provider(self, p: Params) -> Params:
        self._retag(self._provider(p["SAMLProviderArn"]), p)
        return {}

    def untag_saml_provider(self, p: Params) -> Params:
        tags = self._provider(p["SAMLProviderArn"])["Tags"]
        tags[:] = [tag for tag in tags if tag["Key"] not in p["TagKeys"]]
        return {}

    def tag_instance_profile(self, p: Params) -> Params:
        self._retag(self.profiles[p["InstanceProfileName"]], p)
        return {}

    def untag_instance_profile(self, p: Params) -> Params:
        tags = self.profiles[p["InstanceProfileName"]]["Tags"]
        tags[:] = [tag for tag in tags if tag["Key"] not in p["TagKeys"]]
        return {}

    @staticmethod
    def _retag(thing: Params, p: Params) -> None:
        thing["Tags"] = as_list(of_list(thing.get("Tags", [])) | of_list(p["Tags"]))

    def update_saml_provider(self, p: Params) -> Params:
        self._provider(p["SAMLProviderArn"])["SAMLMetadataDocument"] = p["SAMLMetadataDocument"]
        return {}

    def add_client_id_to_open_id_connect_provider(self, p: Params) -> Params:
        self._provider(p["OpenIDConnectProviderArn"])["ClientIDList"].append(p["ClientID"])
        return {}

    def remove_client_id_from_open_id_connect_provider(self, p: Params) -> Params:
        self._provider(p["OpenIDConnectProviderArn"])["ClientIDList"].remove(p["ClientID"])
        return {}
