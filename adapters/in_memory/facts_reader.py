"""A FactsReader that is fed with what each file says, for tests and for developers without files.

Differences from the readers of real formats: it looks at a file's name, not its content, which may be anything.
"""

from collections.abc import Mapping

import attrs

from ports.facts_reader import FactsRead, InputFile, UnreadableFile


@attrs.frozen
class InMemoryFactsReader:
    """Answers with the facts it was given for a file's name; a reason in their place is raised as UnreadableFile."""

    files: Mapping[str, FactsRead | str]

    def recognises(self, file: InputFile) -> bool:
        """True for the files it was given facts for."""
        return file.name in self.files

    def read(self, file: InputFile) -> FactsRead:
        """The facts given for the file. Raises UnreadableFile for an unknown or empty file, or one given a reason."""
        known = self.files.get(file.name)
        if not file.content:
            raise UnreadableFile(file=file.name, place="", reason="is empty")
        if isinstance(known, FactsRead):
            return known
        raise UnreadableFile(file=file.name, place="", reason=known or "is in no format that is known here")
