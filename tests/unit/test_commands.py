"""A command in a component: its output as it comes, its end, and its bounds."""

from collections.abc import Iterator
from dataclasses import dataclass

from deployer.commands import output_of, output_of_job, shown
from deployer.engines.interface import Chunk, EngineError, LogLine


@dataclass
class PretendingProgram:
    """Writes `written`, None being a while without anything, and ends with `code`."""

    written: tuple[Chunk | None, ...]
    code: int | None = 0
    was_ended: bool = False

    def chunks(self, seconds: float) -> Iterator[Chunk | None]:
        return iter(self.written)

    def exit_code(self) -> int | None:
        return self.code

    def end(self) -> bool:
        self.was_ended = True
        return True


def out(text: bytes) -> Chunk:
    return Chunk("stdout", text)


def test_what_a_program_writes_comes_as_it_writes_it_and_its_exit_code_last():
    program = PretendingProgram((out(b"a"), None, Chunk("stderr", b"b")), code=3)
    assert list(output_of(program)) == [
        {},
        {"stream": "stdout", "text": "a"},
        {},
        {"stream": "stderr", "text": "b"},
        {"exit_code": 3},
    ]
    assert not program.was_ended


def test_a_letter_that_comes_in_two_parts_is_whole_and_what_is_no_text_does_no_harm():
    program = PretendingProgram((out("é".encode()[:1]), out("é".encode()[1:]), out(b"\xff")))
    texts = [each["text"] for each in output_of(program) if "text" in each]
    assert texts == ["é", "\ufffd"]


def test_a_program_is_ended_when_nobody_reads_any_more():
    program = PretendingProgram((out(b"a"),) * 10)
    told = output_of(program)
    next(told)
    told.close()
    assert program.was_ended


def test_a_program_that_writes_too_much_or_takes_too_long_is_ended():
    much = PretendingProgram((out(b"12345678"),) * 10)
    assert list(output_of(much, most=20))[-1] == {"fault": "it was ended after it had written 20 bytes"}
    clock = iter(range(100))
    long = PretendingProgram((None,) * 50)
    assert list(output_of(long, seconds=5, clock=lambda: next(clock)))[-1] == {"fault": "it was ended after 5 s"}
    assert (much.was_ended, long.was_ended) == (True, True)


def line(text: str) -> LogLine:
    return LogLine("job", 1, "stdout", 0.0, text)


def test_the_lines_of_a_job_come_before_its_exit_code():
    told = list(output_of_job(lambda: iter([line("one"), line("two")]), lambda: 0))
    assert told == [
        {"stream": "stdout", "text": "one\n"},
        {"stream": "stdout", "text": "two\n"},
        {"exit_code": 0},
    ]


def test_a_job_whose_lines_cannot_be_read_still_tells_how_it_ended():
    def lines() -> Iterator[LogLine]:
        raise EngineError("gone")

    assert list(output_of_job(lines, lambda: 4)) == [{"exit_code": 4}]
    assert list(output_of_job(lines, lambda: None)) == [{"fault": "the engine lost it"}]


def test_a_command_is_recorded_in_bounds_and_cannot_command_a_terminal():
    assert shown(["ls", "\x1b[31m"]) == ["ls", "\\x1b[31m"]
    assert len(shown(["x" * 1000] * 100)) == 51
    assert len(shown(["x" * 1000])[0]) == 200
