"""The constructs of the language that are shorter than what they become, for the reference.

Title, words, and a spec.

What a spec becomes is not written here: the reference shows what the language makes of it.
"""

GRANTS = (
    (
        "Access levels",
        (
            "Levels are for the reader and leave no trace. A wrong level is a warning that names the right"
            " one, an unknown action an error."
        ),
        "- {service: dynamodb, read: [GetItem, Query], write: PutItem, resources: table/orders}",
    ),
    (
        "`any-in-account`",
        (
            'The console\'s "Any in this account": every resource type of every action, and `*` for actions'
            " that take none."
        ),
        "- {service: ecr, read: [BatchGetImage, GetAuthorizationToken], resources: any-in-account}",
    ),
    (
        "`any-in-account` for s3",
        "A bucket's ARN has no account, so a condition says whose it is.",
        (
            "- {service: s3, list: ListAllMyBuckets, read: [GetBucketVersioning, GetJobTagging], resources:"
            " any-in-account}"
        ),
    ),
    (
        "Short resources",
        (
            "The part of an ARN after the account. The head is that of the resource type it fits among those"
            " that the grant's actions take; where AWS has no region or account in an ARN there is none."
        ),
        (
            '- {service: s3, list: ListBucket, read: GetObject, resources: [acme, "acme/*"]}\n'
            "- {service: sns, write: Publish, resources: alarms}"
        ),
    ),
    (
        "`region:`",
        "One region for what is completed; every region where it is left out.",
        "- {service: ecs, write: UpdateService, resources: service/prod/app, region: eu-west-1}",
    ),
    (
        "Whole actions",
        "Without `service`, actions are `svc:Action` or `*`, and resources ARNs or `*`.",
        '- {actions: ["ec2:Describe*", "cloudwatch:Get*"], resources: "*"}',
    ),
    (
        "`when:`",
        (
            "The operator follows from the key's type; `*` and `?` make `StringLike` of a text. Numbers,"
            " dates and keys with several values have no single operator: write `condition:`. In `allow`"
            " every action must have the key."
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
            "IAM itself ends the statement, whether anything runs or not. `validate` warns in the last week"
            " and after."
        ),
        '- {service: s3, read: GetObject, resources: "acme/*", expires: 2031-01-31}',
    ),
)
DENIES = (
    (
        "`unless:`",
        (
            "In `deny`, one key: the negated operator, which is true where the key is missing, so that it"
            " denies."
        ),
        (
            '- {actions: "*", unless: {"aws:RequestedRegion": [eu-west-1, eu-central-1]}}\n'
            '- {actions: "s3:*", unless: {"aws:SecureTransport": true}}'
        ),
    ),
    (
        "`not_actions:` and `not_resources:`",
        "Everything but these. In `allow`, `not_resources` is a warning.",
        '- {not_actions: ["iam:*", "sts:*"], not_resources: "arn:aws:s3:::docs/*"}',
    ),
)
TRUSTS = (
    (
        "`service:`",
        "A list is one statement; a name is completed with `.amazonaws.com`. `pods.eks` sends session tags.",
        "- {service: [ec2, lambda]}\n- {service: pods.eks}",
    ),
    (
        "`account:` with `external_id:`",
        "`this` is the account of the run.",
        "- {account: this}\n- {account: 111122223333, external_id: acme-7f3c}",
    ),
    (
        "`role:`, `user:`, `mfa:` and `session_tags:`",
        "A name of a loaded spec, or an ARN. `mfa: 15m` also says how long ago the sign-in may be.",
        '- {role: Example, session_tags: true}\n- {user: "arn:aws:iam::111122223333:user/mara", mfa: 15m}',
    ),
    (
        "`oidc:`",
        (
            "The subject is required: without it everybody at that provider may enter. The audience is"
            " `sts.amazonaws.com` where it is left out; a subject with `*` or `?` makes `StringLike`."
        ),
        '- {oidc: token.actions.githubusercontent.com, subject: "repo:acme/app:ref:refs/heads/main"}',
    ),
    (
        "`saml:`",
        "The audience is the console's sign-in of the partition where it is left out.",
        "- {saml: Okta}",
    ),
)
