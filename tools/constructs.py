"""The constructs of the language that are shorter than what they become, for the reference.

Each has a title, words and a spec; the reference adds the statements that the language makes of the spec.
"""

GRANTS = (
    (
        "Access levels",
        (
            "Access levels are for the reader and do not appear in the policy. A wrong level is a warning"
            " that names the right one. An unknown action is an error."
        ),
        "- {service: dynamodb, read: [GetItem, Query], write: PutItem, resources: table/orders}",
    ),
    (
        "`any-in-account`",
        (
            'The console\'s "Any in this account": every resource type of every action, and `*` for actions'
            " without resource types."
        ),
        "- {service: ecr, read: [BatchGetImage, GetAuthorizationToken], resources: any-in-account}",
    ),
    (
        "`any-in-account` for s3",
        "The ARN of a bucket has no account, so a condition names the account.",
        (
            "- {service: s3, list: ListAllMyBuckets, read: [GetBucketVersioning, GetJobTagging], resources:"
            " any-in-account}"
        ),
    ),
    (
        "Short resources",
        (
            "The part of an ARN after the account. The beginning is added from the resource type of the"
            " grant's actions that fits. If AWS has no region or account in such an ARN, none is added."
        ),
        (
            '- {service: s3, list: ListBucket, read: GetObject, resources: [acme, "acme/*"]}\n'
            "- {service: sns, write: Publish, resources: alarms}"
        ),
    ),
    (
        "`region:`",
        "The region of ARNs that are completed; every region if it is left out.",
        "- {service: ecs, write: UpdateService, resources: service/prod/app, region: eu-west-1}",
    ),
    (
        "Whole actions",
        "Without `service`, actions are `svc:Action` or `*`, and resources are ARNs or `*`.",
        '- {actions: ["ec2:Describe*", "cloudwatch:Get*"], resources: "*"}',
    ),
    (
        "`when:`",
        (
            "The operator follows from the type of the key. `*` and `?` in a text select `StringLike`."
            " Numbers, dates and keys with several values have no single operator: write `condition:`. In"
            " `allow`, every action must support the key."
        ),
        (
            "- service: ec2\n  write: StartInstances\n  resources: instance/*\n  when:\n"
            '    ec2:InstanceType: "t3.*"\n    aws:ResourceTag/team: ${aws:PrincipalTag/team}\n'
            "    aws:SourceIp: 203.0.113.0/24\n    aws:SecureTransport: true"
        ),
    ),
    (
        "`expires:`",
        (
            "IAM itself ends the statement, even if reconcile never runs again. `validate` warns in the last"
            " week and afterwards."
        ),
        '- {service: s3, read: GetObject, resources: "acme/*", expires: 2031-01-31}',
    ),
)
DENIES = (
    (
        "`unless:`",
        (
            "In `deny`, with one key. It becomes the negated operator, which is true if the key is missing:"
            " the request is then denied."
        ),
        (
            '- {actions: "*", unless: {"aws:RequestedRegion": [eu-west-1, eu-central-1]}}\n'
            '- {actions: "s3:*", unless: {"aws:SecureTransport": true}}'
        ),
    ),
    (
        "`not_actions:` and `not_resources:`",
        "Everything except these. In `allow`, `not_resources` is a warning.",
        '- {not_actions: ["iam:*", "sts:*"], not_resources: "arn:aws:s3:::docs/*"}',
    ),
)
TRUSTS = (
    (
        "`service:`",
        (
            "A list becomes one statement. A name is completed with `.amazonaws.com`. `pods.eks` sends"
            " session tags."
        ),
        "- {service: [ec2, lambda]}\n- {service: pods.eks}",
    ),
    (
        "`account:` with `external_id:`",
        "`this` is the account that the command runs in.",
        "- {account: this}\n- {account: 111122223333, external_id: acme-7f3c}",
    ),
    (
        "`role:`, `user:`, `mfa:` and `session_tags:`",
        "A name from a loaded spec, or an ARN. `mfa: 15m` also limits how long ago the sign-in may be.",
        '- {role: Example, session_tags: true}\n- {user: "arn:aws:iam::111122223333:user/mara", mfa: 15m}',
    ),
    (
        "`oidc:`",
        (
            "The subject is required: without it, every user of that provider could assume the role. The"
            " default audience is `sts.amazonaws.com`. A subject with `*` or `?` becomes `StringLike`."
        ),
        '- {oidc: token.actions.githubusercontent.com, subject: "repo:acme/app:ref:refs/heads/main"}',
    ),
    (
        "`saml:`",
        "The default audience is the console sign-in of the partition.",
        "- {saml: Okta}",
    ),
)
