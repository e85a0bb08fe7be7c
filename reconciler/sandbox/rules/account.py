"""The account's alias and password policy."""

from reconciler.sandbox.rule import Answer, ApiRefusal, ReceivedCall, after, before

_NUMBERS = ("MaxPasswordAge", "PasswordReusePrevention")


@before("CreateAccountAlias", codes=("EntityAlreadyExists",))
def new_alias(call: ReceivedCall) -> None:
    """An alias that any account has is not given again, also not to the same.

    Another one replaces the account's.

    Source: GH floci-io/floci#2103 (seen on AWS), awslabs/aws-deployment-framework#465;
    UG:console_account-alias.md. MT: given again.
    """
    alias = call.params["AccountAlias"]
    if alias in call.iam.account_aliases:
        raise ApiRefusal("EntityAlreadyExists", f"The account alias {alias} already exists.")


@before("DeleteAccountAlias", codes=("NoSuchEntity",))
def old_alias(call: ReceivedCall) -> None:
    """Only the alias that the account has can be deleted; the words are inferred.

    Source: GH floci-io/floci#2103 (seen on AWS); M DeleteAccountAlias. MT: deletes whatever there is.
    """
    alias = call.params["AccountAlias"]
    if alias not in call.iam.account_aliases:
        raise ApiRefusal("NoSuchEntity", f"The account alias with name {alias} cannot be found.")


@after("GetAccountPasswordPolicy")
def password_policy(_call: ReceivedCall, answer: Answer) -> None:
    """What is off by itself is left out of the answer, but for the plain flags.

    Source: LS:account_password_policy#test_update_account_password_policy_defaults. MT: HardExpiry false, an
    age of 0.
    """
    policy = answer["PasswordPolicy"]
    for key in (*_NUMBERS, "HardExpiry"):
        if not policy.get(key):
            policy.pop(key, None)


RULES = (new_alias, old_alias, password_policy)
