"""What every FactsReader promises. A reader's tests subclass this and say what reader, and which file it can read."""

from typing import ClassVar

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ports.facts_reader import FactsRead, FactsReader, InputFile, UnreadableFile
from tests.strategies.damaged_files import damaged


class FactsReaderContract:
    """The cases. `good` is the content of a file with at least two records; `name` is what the file is called."""

    reader: ClassVar[FactsReader]
    good: ClassVar[bytes]
    name: ClassVar[str] = "input"
    told_by_content: ClassVar[bool] = True
    """The fake looks at names instead."""

    def read(self, content: bytes) -> FactsRead:
        return self.reader.read(InputFile(name=self.name, content=content))

    def check_refusal(self, refusal: UnreadableFile) -> None:
        """One line, which can be printed, and which begins with the file's name."""
        line = str(refusal)
        assert line.startswith(f"{self.name}: ")
        assert "\n" not in line
        line.encode()

    def test_a_good_file_is_recognised_and_read(self) -> None:
        read = self.read(self.good)

        assert self.reader.recognises(InputFile(name=self.name, content=self.good))
        assert read.records >= 2
        assert read.breaks == ()
        assert read.kind

    def test_reading_twice_gives_the_same(self) -> None:
        assert self.read(self.good) == self.read(self.good)

    def test_another_name_does_not_matter(self) -> None:
        if self.told_by_content:
            assert self.reader.recognises(InputFile(name="photo.png", content=self.good))

    def test_every_line_is_of_an_account_that_is_listed(self) -> None:
        read = self.read(self.good)

        assert {deposit.account for deposit in read.deposits} <= {account.id for account in read.accounts}

    def test_an_empty_file_is_refused_by_name(self) -> None:
        with pytest.raises(UnreadableFile, match="is empty") as refusal:
            self.read(b"")

        assert refusal.value.file == self.name

    def test_a_byte_order_mark_changes_nothing(self) -> None:
        if self.told_by_content:
            marked = InputFile(name=self.name, content=b"\xef\xbb\xbf" + self.good)

            assert self.reader.recognises(marked)
            assert self.reader.read(marked) == self.read(self.good)

    def test_utf_16_is_read_and_said(self) -> None:
        if self.told_by_content:
            wide = self.read(self.good.decode().encode("utf-16"))

            assert wide.records == self.read(self.good).records
            assert (wide.payouts, wide.deposits) == (self.read(self.good).payouts, self.read(self.good).deposits)

    @settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.differing_executors])
    @given(data=st.data())
    def test_a_damaged_file_is_read_or_refused_by_name_and_nothing_else(self, data: st.DataObject) -> None:
        content = data.draw(damaged(self.good))
        file = InputFile(name=self.name, content=content)
        self.reader.recognises(file)
        try:
            read = self.reader.read(file)
        except UnreadableFile as refusal:
            self.check_refusal(refusal)
            return

        assert read.records >= len(read.deposits)
        for found in read.breaks:
            f"{found.where}{found.reason}".encode()
        for deposit in read.deposits:
            f"{deposit.id}{deposit.text}".encode()

    @settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.differing_executors])
    @given(content=st.binary(max_size=200))
    def test_bytes_that_were_never_a_file_are_refused_by_name(self, content: bytes) -> None:
        file = InputFile(name=self.name, content=content)
        self.reader.recognises(file)
        try:
            self.reader.read(file)
        except UnreadableFile as refusal:
            self.check_refusal(refusal)
