"""Who handed something in."""

from __future__ import annotations

from convcalc.tuples import NamedTuple


class Person(NamedTuple):
    """Who handed something in: the name to show, and what tells two of the same name apart."""

    name: str
    id: str
    late: bool = False
    is_vouched: bool = False  # the system that the file comes from, or a roster, says so
    email: str = ""
    login: str = ""
    system: str = ""  # whose number `id` is: moodle, canvas, gradescope; or roster
    label: str = ""  # the name with the id, where several people have the same name
    members: tuple[Person, ...] = ()  # of a group that handed in together

    @property
    def shown(self) -> str:
        return self.label or self.name

    @property
    def turned(self) -> str:
        """The name as it is spoken: Ann Lee for `Lee, Ann`."""
        last, _, first = self.name.partition(",")
        return f"{first.strip()} {last.strip()}".strip()

    @property
    def number(self) -> str:
        """The id, where somebody vouches for it and it does not only repeat the name."""
        return self.id if self.is_vouched and self.id.casefold() != self.name.casefold() else ""

    @property
    def everybody(self) -> tuple[Person, ...]:
        """The members of a group, each as late as the group; a person who is none."""
        return tuple(member._replace(late=self.late) for member in self.members) or (self,)


def with_labels(people: list[Person]) -> list[Person]:
    """The people, each with a label that nobody else of the same name has."""
    ids: dict[str, set[str]] = {}
    for person in people:
        if person.is_vouched:
            ids.setdefault(person.name.casefold(), set()).add(person.id.casefold())
    return [
        person._replace(label=f"{person.name} ({person.id})")
        if person.is_vouched and len(ids[person.name.casefold()]) > 1
        else person
        for person in people
    ]
