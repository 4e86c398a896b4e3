"""The logging calls: what they accept, what they refuse, and that nothing else ends a training."""

from __future__ import annotations

import threading
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from runwatch.schema.error import InvalidValueError, LimitError, UserErrorException
from runwatch.sdk import problem, recording
from runwatch.sdk.experiment import Experiment
from runwatch.sdk.run import Run


def test_the_plain_case_is_one_call_of_the_journal(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    run.log("loss", 1.0)
    calls: list[tuple[Any, ...]] = []

    def scalar(*arguments: Any) -> bool:
        calls.append(arguments)
        return True

    monkeypatch.setattr(run, "_scalar", scalar)
    monkeypatch.setattr(run, "_log_slow", lambda *args: pytest.fail("the slow path was taken"))
    run.log("loss", 2.0, step=1)
    assert calls == [("loss", 2.0, 1)]


def test_the_first_point_of_an_attached_run_begins_its_recording(run: Run, experiment: Experiment) -> None:
    run.complete()
    again = Run(experiment, run.id)
    again.log("late", 1)
    assert again._recording is run._recording is not None
    assert again.get_metrics() == {"late": 1}
    assert again.get_status() == "Completed"


def test_two_objects_of_a_run_share_its_recording(run: Run, experiment: Experiment) -> None:
    other = Run(experiment, run.id)
    other.log("x", 1)
    run.log("x", 2)
    assert other._recording is run._recording
    assert run.get_metrics() == {"x": [1, 2]}


def test_an_object_that_missed_the_end_still_records(run: Run, experiment: Experiment) -> None:
    other = Run(experiment, run.id)
    other.log("x", 1)
    run.complete()
    other.log("x", 2)
    assert other.get_metrics() == {"x": [1, 2]}


def test_steps_and_descriptions(run: Run) -> None:
    run.log("x", 1, description="the loss", step=np.int64(4))  # type: ignore[arg-type]
    run.log("x", 2, "the loss", 5)
    assert list(run.get_metric_rows("x").steps) == [4, 5]  # type: ignore[arg-type]


@pytest.mark.parametrize("value", [[1], (1, 2), range(3), np.arange(3), {"a": 1}, {1, 2}, (number for number in "ab")])
def test_log_refuses_several_values(run: Run, value: Any) -> None:
    with pytest.raises(UserErrorException, match="log_list"):
        run.log("x", value)


def test_other_objects_are_kept_as_text(run: Run) -> None:
    run.log("x", 1 + 2j)
    assert run.get_metrics() == {"x": "(1+2j)"}


def test_numpy_numbers_are_numbers(run: Run) -> None:
    run.log_list("list", [np.int64(1), np.float32(0.5), Fraction(1, 4)])
    run.log_row("row", a=np.int64(3), b=np.bool_(True), c=np.str_("x"))
    assert run.get_metrics() == {"list": [1.0, 0.5, 0.25], "row": {"a": 3, "b": True, "c": "x"}}
    assert type(run.get_metrics()["row"]["a"]) is int


@pytest.mark.parametrize(
    "value",
    [
        np.array([1, 2], "i4"),
        np.array([1, 2], "u8"),
        np.array([1, 2], ">i2"),
        (1, 2),
        range(1, 3),
        iter([1, 2]),
        {1: 0, 2: 0}.keys(),
        np.array([1, 2], object),
    ],
)
def test_log_list_takes_all_that_is_a_list(run: Run, value: Any) -> None:
    run.log_list("x", value)
    assert run.get_metrics() == {"x": [1, 2]}
    assert all(type(item) is int for item in run.get_metrics()["x"])


def test_arrays_keep_their_types(run: Run) -> None:
    run.log_list("f", np.array([0.5, np.nan], "f4"))
    run.log_list("b", np.array([True, False]))
    run.log_list("u", np.array([2**64 - 1, 1], "u8"))
    run.log_list("s", np.array(["a", "b"]))
    found = run.get_metrics()
    assert found["f"][0] == 0.5
    assert found["b"] == [True, False]
    assert found["u"] == [float(2**64 - 1), 1.0]
    assert found["s"] == ["a", "b"]


@pytest.mark.parametrize("value", [[], (), np.array([]), iter(())])
def test_an_empty_list_records_nothing(run: Run, value: Any) -> None:
    run.log_list("x", value)
    run.log_table("t", {"a": value})
    run.log_table("t", {})
    run.log_row("r")
    assert run.get_metrics() == {}


@pytest.mark.parametrize("value", [3, "text", None, {"a": 1}, np.array(2.0)])
def test_log_list_refuses_what_is_no_list(run: Run, value: Any) -> None:
    with pytest.raises(UserErrorException, match="log_list"):
        run.log_list("x", value)


@pytest.mark.parametrize("value", [[[1], [2]], [(1, 2)], [np.arange(2)], np.ones((2, 2))])
def test_lists_in_lists_are_refused(run: Run, value: Any) -> None:
    with pytest.raises(UserErrorException, match="inside a list"):
        run.log_list("x", value)


def test_integers_beyond_64_bits_become_floats(run: Run) -> None:
    run.log_list("x", [2**70, 1])
    assert run.get_metrics() == {"x": [float(2**70), 1.0]}


def test_half_a_surrogate_pair_is_replaced(run: Run) -> None:
    run.log_list("x", ["a\ud800", "b"])
    assert run.get_metrics() == {"x": ["a?", "b"]}


def test_the_second_argument_of_log_row_is_the_description(run: Run) -> None:
    run.log_row("x", "what it is", a=1)
    assert run.get_metrics() == {"x": {"a": 1}}


def test_a_row_refuses_lists(run: Run) -> None:
    with pytest.raises(UserErrorException, match="column b"):
        run.log_row("x", a=1, b=[1, 2])


@pytest.mark.parametrize(
    "table",
    [
        {"a": [1, 2], "b": [0.5, 1.5]},
        {"a": np.array([1, 2]), "b": (0.5, 1.5)},
        {"a": range(1, 3), "b": iter([0.5, 1.5])},
    ],
)
def test_columns_of_a_table_may_be_any_lists(run: Run, table: Any) -> None:
    run.log_table("t", table)
    assert run.get_metrics() == {"t": {"a": [1, 2], "b": [0.5, 1.5]}}


def test_a_table_of_single_values_is_a_row(run: Run) -> None:
    run.log_table("t", {"a": 1, "b": "x"})
    assert run.get_metrics() == {"t": {"a": 1, "b": "x"}}


def test_a_data_frame_is_a_table(run: Run) -> None:
    class Frame:
        columns = ("a",)

        def items(self) -> Any:
            return iter([("a", np.array([1, 2]))])

    run.log_table("t", Frame())
    assert run.get_metrics() == {"t": {"a": [1, 2]}}


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ({"x": [1, 2], "y": [1]}, "x has 2 values and y has 1"),
        ({"x": [1, 2], "y": 1}, "Column y"),
        ([1, 2], "dictionary"),
        ({"x": [[1], [2]]}, "Column x"),
        ({1: [1], "1": [2]}, "same name"),
    ],
)
def test_what_is_no_table_is_refused(run: Run, table: Any, message: str) -> None:
    with pytest.raises(InvalidValueError, match=message):
        run.log_table("t", table)


def test_too_many_columns_are_refused(run: Run) -> None:
    with pytest.raises(LimitError):
        run.log_row("t", None, **{f"c{number}": number for number in range(1_001)})


def test_several_metrics_and_params(run: Run) -> None:
    run.log_metrics({"a": 1.0, "b": np.float32(2.0)}, step=3)
    run.log_param("lr", 0.1)
    run.log_params({"layers": [8, 4], "lr": 0.2})
    assert run.get_metrics() == {"a": 1.0, "b": 2.0}
    assert run.get_metric_rows("b").steps.tolist() == [3]  # type: ignore[union-attr]
    assert run.params == {"lr": 0.2, "layers": [8, 4]}


class Plot:
    def savefig(self, file: Any, *, format: str) -> None:  # noqa: A002 (matplotlib's name)
        assert format == "png"
        file.write(b"\x89PNG\r\n\x1a\n...")


def test_a_plot_is_drawn_and_kept(run: Run) -> None:
    run.log_image("my plot", plot=Plot())
    run.log_image("my plot", plot=Plot())
    names = run.get_file_names()
    assert len(names) == 2
    assert all(name.startswith("my plot_") and name.endswith(".png") for name in names)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({}, "none"),
        ({"path": "a.png", "plot": Plot()}, "both"),
        ({"path": "absent.png"}, "cannot be read"),
        ({"path": "text.png"}, "not an image"),
        ({"plot": 3}, "savefig"),
    ],
)
def test_what_is_no_image_is_refused(run: Run, arguments: dict[str, Any], message: str) -> None:
    Path("text.png").write_text("no image")
    with pytest.raises(UserErrorException, match=message):
        run.log_image("x", **arguments)


def test_a_plot_that_fails_does_not_end_the_training(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    class Broken:
        def savefig(self, file: Any, **options: Any) -> None:
            raise RuntimeError("no display")

    run.log_image("x", plot=Broken())
    run.log_image("x", plot=Broken())
    assert capsys.readouterr().err.count("no display") == 1
    assert problem.count(run.id) == 2


@pytest.mark.parametrize("value", ["{no json", "[1, 2]", 3, {"a": object()}])
def test_what_is_no_chart_is_refused(run: Run, value: Any) -> None:
    with pytest.raises(UserErrorException, match="Invalid JSON"):
        run.log_residuals("x", value)


def test_a_chart_may_be_json_or_hold_arrays(run: Run) -> None:
    run.log_residuals("a", '{"data": {"bin_counts": [1, 2]}}')
    run.log_residuals("b", {"data": {"bin_counts": np.array([1, 2])}})
    found = run.get_metrics(populate=True)
    assert found["a"] == found["b"] == {"data": {"bin_counts": [1, 2]}}


def test_a_metric_name_never_leads_out_of_the_run(run: Run) -> None:
    run.log_residuals("../../x", {"data": {}})
    assert run.get_file_names() == ["x"]
    assert list(run.get_metrics()) == ["../../x"]


def test_our_own_faults_do_not_end_the_training(
    run: Run, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def broken(*arguments: object) -> None:
        raise OSError("the disk is gone")

    run.log("x", 1)
    run.flush()
    writer = run._recorder().writer
    for method in ("point", "rows", "param", "tag"):
        monkeypatch.setattr(writer, method, broken)
    run.log("new", 1)
    run.log_list("l", [1])
    run.log_row("r", a=1)
    run.log_table("t", {"a": [1]})
    run.log_param("p", 1)
    run.tag("t")
    assert problem.count(run.id) == 6
    assert capsys.readouterr().err.count("the disk is gone") == 1
    monkeypatch.undo()


def test_other_threads_log_too(run: Run) -> None:
    def work(number: int) -> None:
        for step in range(100):
            run.log(f"thread {number}", step)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert run.get_metrics() == {f"thread {number}": list(range(100)) for number in range(3)}


def test_a_run_sent_to_another_process_is_attached_there(run: Run) -> None:
    import pickle

    assert pickle.loads(pickle.dumps(run)) == run
    assert recording.find(run._location, run.id) is not None
