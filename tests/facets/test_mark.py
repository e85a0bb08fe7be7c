"""Whose a resource is by its mark; what is not known is not compared."""

import pytest

from reconciler.core.context import Tags
from reconciler.facets import tags
from reconciler.facets.mark import Mark, SpecMarks, digest_of, short_digest

HERE, THERE = short_digest("here"), short_digest("there")
PROD = {"env": "prod", "team": "a", "size": "3", "zone": "z"}
SPEC = SpecMarks(HERE, PROD)
PATH, ENVIRONMENT = "of another repository or path", "of another environment"


def made_with(**variables: str) -> str:
    return digest_of(variables.items())


@pytest.mark.parametrize(
    ("live", "whose"),
    [
        (Mark(), ""),
        (Mark(HERE), ""),
        (Mark(THERE), PATH),
        (Mark(THERE, made_with(env="prod")), PATH),
        (Mark(HERE, made_with(env="prod")), ""),
        (Mark(HERE, made_with(env="prod", team="a")), ""),
        (Mark(HERE, made_with(**PROD)), ""),
        # A variable may be called otherwise.
        (Mark(HERE, made_with(environment="prod")), ""),
        (Mark(HERE, made_with(env="dev")), ENVIRONMENT),
        (Mark(HERE, made_with(env="prod", team="b")), ENVIRONMENT),
        (Mark("", made_with(env="dev")), ""),
    ],
)
def test_whose_it_is(live: Mark, whose: str) -> None:
    assert SPEC.whose_else(live) == whose


@pytest.mark.parametrize("spec", [SpecMarks(), SpecMarks("", PROD)])
def test_without_an_origin_nothing_is_compared(spec: SpecMarks) -> None:
    assert {spec.whose_else(mark) for mark in (Mark(THERE), Mark(HERE, made_with(env="dev")))} == {""}


def test_a_spec_without_variables_gives_no_such_mark() -> None:
    assert SpecMarks(HERE).whose_else(Mark(HERE, made_with(env="dev"))) == ENVIRONMENT


def test_an_environment_is_known_by_its_variables() -> None:
    spec = SpecMarks(HERE, {"env": "prod"}, ({"env": "dev"}, {"env": "test", "team": "a"}))
    known = [Mark(HERE, made_with(env="dev")), Mark(HERE, made_with(env="test"))]
    assert all(map(spec.is_of_known_environment, known))
    forged = [Mark(HERE, "deadbeef"), Mark(THERE, made_with(env="dev")), Mark(HERE), Mark()]
    assert not any(map(spec.is_of_known_environment, forged))


def test_every_choice_of_some_variables_is_tried() -> None:
    many = {f"v{number}": str(number) for number in range(9)}
    assert SpecMarks(HERE, many).whose_else(Mark(HERE, made_with(**dict(list(many.items())[2:8])))) == ""


FIELDS = {"document": "0f3c2a11", "trust": "9b1e0c77"}
UNMARKED = tags.applied_value(FIELDS)


def live(text: str) -> Tags:
    return frozenset({(tags.SPEC, "a/b"), (tags.APPLIED, text)})


def test_a_mark_is_written_between_the_digests_and_read_back() -> None:
    text = tags.applied_value(FIELDS, Mark(HERE, THERE))
    assert text == f"1 document=0f3c2a11 from={HERE} trust=9b1e0c77 with={THERE}"
    assert tags.mark_of(text) == Mark(HERE, THERE)
    assert tags.mark_of("forged") == tags.mark_of(UNMARKED) == Mark()


def test_tags_without_a_mark_are_taken_as_they_are() -> None:
    assert tags.own("a/b", FIELDS, "", Mark(HERE), live(UNMARKED)) == live(UNMARKED)
    # Where another field is written anyway, the mark goes with it.
    other = tags.own("a/b", FIELDS, "", Mark(HERE), live(tags.applied_value({**FIELDS, "trust": "0"})))
    assert other == live(tags.applied_value(FIELDS, Mark(HERE)))


def test_a_mark_that_is_not_known_keeps_what_is_there() -> None:
    kept = live(tags.applied_value(FIELDS, Mark(THERE, THERE)))
    assert tags.own("a/b", FIELDS, "", Mark(), kept) == kept
    # One that is known stands in the place of all that was there.
    assert tags.own("a/b", FIELDS, "", Mark(HERE), kept) == live(tags.applied_value(FIELDS, Mark(HERE)))


def test_what_is_restored_is_as_it_was() -> None:
    assert tags.own("a/b", FIELDS, UNMARKED, Mark(HERE), live("1 x=1")) == live(UNMARKED)
