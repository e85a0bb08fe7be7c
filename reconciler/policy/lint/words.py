"""Words that lint and the language have in common."""

GITHUB_IDS = (
    "repositories made after 2026-07-15 send their ids too: list the form with ids beside this one, "
    "repo:OWNER@OWNER_ID/REPO@REPO_ID:… (gh api repos/OWNER/REPO --jq '.owner.id, .id' prints the ids)"
)
OWNER_IS_OPEN = (
    "no owner is named, so anybody at {name} can have this subject: write the owner, and what ends its name,"
    " before the first wildcard"
)
