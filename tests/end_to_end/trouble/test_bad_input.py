"""Bad specs: exit 1, a short message with its place, within seconds; nothing run, nothing raw printed."""

from pathlib import Path

import pytest

from tests.conftest import Cli
from tests.end_to_end.spec_files import MUCH, usual_work

HEAD = "version: 1\nname: a/b\n"
POLICY = HEAD + "policies:\n  P:\n    allow:\n      - "

# Text of the spec, line of the complaint (0: no line), words that must be in it.
BAD: dict[str, tuple[str | bytes, int, str]] = {
    "wrong type": (HEAD + "policies: [a]\n", 3, "expected a map by name, found a list"),
    "wrong type below": (HEAD + "policies:\n  P: text\n", 4, "expected a map, found text"),
    "unknown key": (HEAD + "polices: {}\n", 3, "did you mean policies?"),
    "unknown key below": (HEAD + "roles:\n  R:\n    trust: {service: ec2}\n    atach: x\n", 6, "did you mean attach?"),
    "word from elsewhere": (HEAD + "roles:\n  R:\n    assume_role_policy: {}\n", 5, "write trust:"),
    "list of things with a name": (HEAD + "roles:\n  - name: R\n    trust: {service: ec2}\n", 4, 'write "R:" with its settings below it'),
    "unknown action": (POLICY + '{service: ecr, read: DescribeImage, resources: "*"}', 6, "did you mean DescribeImages?"),
    "action in another case": (POLICY + '{service: ecr, read: batchgetimage, resources: "*"}', 6, "AWS spells it BatchGetImage"),
    "unknown service": (POLICY + '{service: ecrr, read: X, resources: "*"}', 6, "did you mean ecr?"),
    "action without its resource": (POLICY + "{service: ecr, read: [BatchGetImage, GetAuthorizationToken], resources: 'arn:aws:ecr:*:123456789012:repository/a'}", 6, "GetAuthorizationToken takes no resource"),
    "resource that no action takes": (POLICY + "{service: ecr, read: BatchGetImage, resources: 'arn:aws:s3:::b'}", 6, "no action of this grant takes this resource"),
    "wildcard across statements": (POLICY + "{service: ecr, actions: 'Get*', resources: any-in-account}", 6, "takes other resources"),
    "no actions": (POLICY + '{service: ecr, resources: "*"}', 6, "at least one of"),
    "no resources": (POLICY + "{service: ecr, read: BatchGetImage}", 6, '"resources" is missing'),
    "empty list": (POLICY + "{service: ecr, read: BatchGetImage, resources: []}", 6, "empty list"),
    "two bodies": (HEAD + "policies:\n  P:\n    allow: [{service: ecr, read: BatchGetImage, resources: '*'}]\n    document: {Statement: []}\n", 6, "says what it is once"),
    "no body": (HEAD + "policies:\n  P:\n", 4, "found nothing"),
    "document that IAM refuses": (HEAD + "policies:\n  P:\n    document: {Statement: {Effect: allow, Action: 's3:*', Resource: '*'}}\n", 5, "legacy parsing"),
    "duplicate key": (HEAD + "policies:\n  P: {}\n  P: {}\n", 5, "stands here twice"),
    "names differing only in case": (HEAD + "policies:\n  Pp: {}\n  pP: {}\n", 5, "differs only in case"),
    "missing name": ("version: 1\n", 1, '"name" is missing'),
    "bad name": ("version: 1\nname: x\n", 2, "OWNER/NAME"),
    "wrong version": ("version: 2\nname: a/b\n", 1, "version 1"),
    "no value": (HEAD + "account:\n", 3, "no value"),
    "role description outside Latin-1": (HEAD + "roles:\n  R:\n    trust: {service: ec2}\n    description: Role cho phép đọc và ghi ECR\n", 6, 'write "Role cho phép doc và ghi ECR"'),
    "bad characters in a name": (HEAD + "policies:\n  'a b':\n    document: {Statement: {Effect: Allow, Action: 's3:*', Resource: '*'}}\n", 4, "the name may not hold"),
    "control characters in a name": (HEAD + 'policies:\n  "a\\e[31mb":\n    document: {Statement: {Effect: Allow, Action: "s3:*", Resource: "*"}}\n', 4, "U+001B"),
    "bad path": (HEAD + "roles:\n  R: {path: team, trust: {service: ec2}}\n", 4, 'write "/team/"'),
    "reserved path": (HEAD + "roles:\n  R: {path: /aws-service-role/x/, trust: {service: ec2}}\n", 4, "kept for AWS's own"),
    "session too long": (HEAD + "roles:\n  R: {max_session_duration: 13h, trust: {service: ec2}}\n", 4, "1h to 12h"),
    "bad duration": (HEAD + "roles:\n  R: {max_session_duration: long, trust: {service: ec2}}\n", 4, "expected a duration"),
    "reserved tag": (HEAD + "tags: {'aws:x': y}\n", 3, "reserved"),
    "tag with bad characters": (HEAD + "tags: {a: 'x*'}\n", 3, "may not hold"),
    "two principals": (HEAD + "roles:\n  R:\n    trust: {service: ec2, account: this}\n", 5, "write two list items"),
    "no trust": (HEAD + "roles:\n  R:\n", 4, "found neither"),
    "bad account": (HEAD + "roles:\n  R:\n    trust: {account: 12}\n", 5, "twelve digits"),
    "unknown policy": (HEAD + "roles:\n  R:\n    trust: {service: ec2}\n    attach: [Nope]\n", 6, "write aws:Nope"),
    "unknown variable": (HEAD + "tags: {a: '${var.x}'}\n", 3, 'no variable "x"'),
    "variable made of itself": (HEAD + "variables: {x: '${var.y}', y: '${var.x}'}\ntags: {a: '${var.x}'}\n", 3, "made of itself"),
    "region variable": (HEAD + "tags: {a: '${region}'}\n", 3, "no region variable"),
    "keys that become one": (HEAD + "variables: {x: k}\ntags: {k: a, '${var.x}': b}\n", 4, "once its variables are put in"),
    "YAML bomb": (HEAD + "x-a: &a [1,1,1,1,1,1,1,1,1]\n" + "".join(f"x-{n}: &{n} [{','.join(['*' + p] * 9)}]\n" for p, n in zip("abcdefgh", "bcdefghi", strict=True)), 8, "aliases counted"),
    "nested 100,000 deep": ("a: " + "[" * 100_000, 1, "nested deeper than 100"),
    "nested maps": ("{a: " * 100_000, 1, "nested deeper than 100"),
    "python tag": (HEAD + "x-a: !!python/object/apply:os.system ['touch /tmp/owned']\n", 3, "the tag"),
    "unquoted star": (POLICY + "{service: ecr, read: BatchGetImage, resources: *}", 6, 'write "*", in quotes'),
    "missing space": (HEAD + "roles:\n  R:\n    trust: {service:ec2}\n", 5, "space missing after"),
    "variable in braces": (HEAD + "account: [${account}]\n", 3, "quote it"),
    "CloudFormation": (HEAD + "account: !Ref X\n", 3, "not read here"),
    "merge key": (HEAD + "<<: {}\n", 3, "merge keys"),
    "second document": (HEAD + "---\nversion: 1\n", 3, "one document a file"),
    "tab": (HEAD + "tags:\n\ta: b\n", 4, "tab"),
    "control character": (HEAD + "tags: {a: \x07}\n", 3, "control character"),
    "latin-1 file": (HEAD.encode() + b"tags: {a: \xe9}\n", 3, "not UTF-8"),
    "UTF-16 file": (HEAD.encode("utf-16"), 1, "not UTF-8"),
    "list of text": ("- a\n", 1, "a spec is a map"),
    "empty": ("", 0, "is empty"),
    "20 MB": (HEAD + "#" * 20_000_000, 0, "larger than 2 MB"),
    "policy too large": (HEAD + "policies:\n  P:\n    document: {Statement: {Effect: Allow, Action: 's3:*', Resource: [" + ",".join(f"'arn:aws:s3:::bucket-{n:04}'" for n in range(300)) + "]}}\n", 4, "IAM takes 6144"),
    "eleven levels of nothing": (HEAD + "policies: {P: {allow: [{service: {a: {b: {}}}}]}}\n", 3, "expected text, found a map"),
    "bad condition": (POLICY + "{service: ecr, read: BatchGetImage, resources: any-in-account, condition: {StringEquals: x}}", 6, "map of keys and values"),
    "unknown operator": (POLICY + "{service: ecr, read: BatchGetImage, resources: any-in-account, condition: {StrEq: {'aws:a': x}}}", 6, "no condition operator"),
    "sid on two statements": (POLICY + "{service: ecr, read: [BatchGetImage, GetAuthorizationToken], resources: any-in-account, sid: A}", 6, "makes 2 statements"),
    "condition that one half lacks": (POLICY + "{service: ecr, read: [BatchGetImage, GetAuthorizationToken], resources: any-in-account, condition: {StringEquals: {'ecr:ResourceTag/a': b}}}", 6, "split the grant"),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD)
def test_bad_spec(name: str, offline: Cli, tmp_path: Path) -> None:
    text, line, words = BAD[name]
    path = tmp_path / "spec.yaml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    ran = offline("validate", path, code=1)
    assert ran.work < MUCH * usual_work()
    assert words in ran.err
    place = f"{path}:{line}:" if line else f"{path}:"
    assert any(words in message and message.startswith(place) for message in ran.err.splitlines()), ran.err
    assert len(ran.err) < 4_000
    assert "\x1b" not in ran.err + ran.out
    assert "\x07" not in ran.err + ran.out
    assert not Path("/tmp/owned").exists()


def test_paths_that_are_no_specs(offline: Cli, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "link.yaml").symlink_to(tmp_path / "nowhere.yaml")
    assert "does not exist" in offline("validate", tmp_path / "none.yaml", code=1).err
    assert offline("drift", "none.yaml", code=1).err.splitlines()[0] == "none.yaml: does not exist"
    assert "has no .yaml or .yml file" in offline("validate", tmp_path / "empty", code=1).err
    assert "link that points to nothing" in offline("validate", tmp_path / "link.yaml", code=1).err
    (tmp_path / "folder.yaml").mkdir()
    assert "no .yaml" in offline("validate", tmp_path / "folder.yaml", code=1).err
    assert "no ordinary file" in offline("validate", "/dev/null", code=1).err


def test_a_url_where_a_path_belongs_is_not_shown(offline: Cli) -> None:
    url = "json://u:hunter2@h/x"
    for args in (
        ("drift", "specs", url),
        ("plan", "specs", "--out", "json:u:hunter2@h"),
        ("drift", "--history", url),
        ("drift", "--report", f"text={url}"),
        ("export", "--all", "--out", url),
    ):
        ran = offline(*args, code=1)
        assert "looks like a URL" in ran.err
        assert "hunter2" not in ran.err + ran.out


@pytest.mark.parametrize("target", ["/etc/hostname", "../outside.json", "link.json", "."])
def test_document_files_stay_inside_the_specs_folder(target: str, offline: Cli, tmp_path: Path) -> None:
    (tmp_path / "outside.json").write_text("{}")
    folder = tmp_path / "specs"
    folder.mkdir()
    (folder / "link.json").symlink_to(tmp_path / "outside.json")
    (folder / "spec.yaml").write_text(HEAD + f"policies:\n  P: {{document_file: {target}}}\n")
    errors = offline("validate", folder / "spec.yaml", code=1).err
    assert "spec.yaml:4:" in errors
    assert "outside the spec's folder" in errors or "no file in the spec's folder" in errors


def test_every_problem_of_every_file_is_said_at_once(offline: Cli, tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("version: 1\nname: a/b\nnope: 1\nroles: {R: {}}\n")
    (tmp_path / "b.yaml").write_text("version: 3\nname: a/b\n")
    (tmp_path / "c.yaml").write_text("a: *\n")
    errors = offline("validate", tmp_path, code=1).err
    assert all(f"{name}.yaml" in errors for name in "abc")
    assert "unknown key" in errors


def test_two_specs_may_not_claim_one_name(offline: Cli, tmp_path: Path) -> None:
    for name in "ab":
        (tmp_path / f"{name}.yaml").write_text(
            f"version: 1\nname: t/{name}\nroles:\n  R: {{trust: {{service: ec2}}}}\n"
        )
    assert "described here and in" in offline("validate", tmp_path, code=1).err


def test_documents_in_files_and_names_of_neighbours(offline: Cli, tmp_path: Path) -> None:
    (tmp_path / "p.json").write_text(
        '{"Statement": {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::${var.b}/*"}}'
    )
    (tmp_path / "one.yaml").write_text(
        "version: 1\nname: t/one\nvariables: {b: x}\npolicies:\n  P: {path: /p/, document_file: p.json}\n"
    )
    (tmp_path / "two.yaml").write_text(
        "version: 1\nname: t/two\nroles:\n  R: {trust: {service: ec2}, attach: P}\n"
    )
    rendered = offline("render", tmp_path / "two.yaml", "--account", "111122223333", "--format", "json").json
    assert list(rendered) == ["role.R"]
    assert rendered["role.R"]["attached"] == ["arn:aws:iam::111122223333:policy/p/P"]
    rendered = offline("render", tmp_path, "--var", "b=other", "--format", "json").json
    assert rendered["policy.P"]["document"]["Statement"]["Resource"] == "arn:aws:s3:::other/*"
