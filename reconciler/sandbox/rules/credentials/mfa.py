"""Virtual MFA devices: a seed is shown once, and a device is one user's."""

from moto.iam.models import VirtualMfaDevice

from reconciler.sandbox.rule import Answer, ApiRefusal, ReceivedCall, after, before, instead


@before("CreateVirtualMFADevice", codes=("EntityAlreadyExists",))
def new(call: ReceivedCall) -> None:
    """A path and a name together are a device's own.

    Source: LS:mfa#test_virtual_mfa_device_errors. MT: other words.
    """
    if _serial(call) in call.iam.virtual_mfa_devices:
        raise ApiRefusal("EntityAlreadyExists", "MFA device already exists.")


@instead("CreateVirtualMFADevice")
def create(call: ReceivedCall) -> Answer:
    """A path may have empty parts.

    Source: LS:mfa#test_virtual_mfa_device_lifecycle[/test//double/]. MT: refuses it.
    """
    iam = call.iam
    path, name = call.params.get("Path") or "/", call.params["VirtualMFADeviceName"]
    device = VirtualMfaDevice(iam.account_id, region_name=iam.region_name, device_name=path + name)
    iam.virtual_mfa_devices[device.serial_number] = device
    seed = {"Base32StringSeed": device.base32_string_seed.encode(), "QRCodePNG": device.qr_code_png}
    return {"VirtualMFADevice": {"SerialNumber": device.serial_number, **seed}}


def _serial(call: ReceivedCall) -> str:
    path, name = call.params.get("Path") or "/", call.params["VirtualMFADeviceName"]
    return f"arn:{call.iam.partition}:iam::{call.account}:mfa{path}{name}"


@after("ListVirtualMFADevices")
def listed(_call: ReceivedCall, answer: Answer) -> None:
    """Seeds are not shown again.

    Source: LS:mfa#test_list_virtual_mfa_devices. MT: shows them.
    """
    for device in answer["VirtualMFADevices"]:
        device.pop("Base32StringSeed", None)
        device.pop("QRCodePNG", None)


@before("DeleteVirtualMFADevice", "DeactivateMFADevice", codes=("NoSuchEntity",))
def known(call: ReceivedCall) -> None:
    """A device that does not exist, or is not the user's, can be neither deleted nor taken off.

    Source: LS:mfa#test_virtual_mfa_device_errors, #test_enable_mfa_device_errors. MT: other words.
    """
    serial = call.params["SerialNumber"]
    kept = call.iam.virtual_mfa_devices
    if call.operation == "DeactivateMFADevice":
        kept = call.iam.users[call.params["UserName"]].mfa_devices
    if serial not in kept:
        raise ApiRefusal("NoSuchEntity", f"MFA Device with serial number {serial} does not exist.")


@before("EnableMFADevice", codes=("EntityAlreadyExists",))
def in_use(call: ReceivedCall) -> None:
    """A device that some user has is not given to another one.

    Source: LS:mfa#test_enable_mfa_device_already_attached. MT: gives it.
    """
    serial = call.params["SerialNumber"]
    if any(serial in user.mfa_devices for user in call.iam.users.values()):
        raise ApiRefusal("EntityAlreadyExists", "MFA Device is already in use.")


RULES = (new, create, listed, known, in_use)
