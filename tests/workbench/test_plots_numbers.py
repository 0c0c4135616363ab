"""What plots compute: samples, ranges, ticks, readings, tables."""

import itertools
from array import array

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QRectF

from workbench import words
from workbench.theme.tokens import DARK, LIGHT, contrast
from workbench.widgets.plots.contents import Contents, EventMark, Reference, Threshold
from workbench.widgets.plots.fitting import fitted_range, whole_range
from workbench.widgets.plots.formats import seconds_label, step_label
from workbench.widgets.plots.framing import Framing
from workbench.widgets.plots.geometry import cut_outside, placed_labels, spread
from workbench.widgets.plots.reading import neighbour, read_at
from workbench.widgets.plots.scales import Axis
from workbench.widgets.plots.series import MAX_POINTS, Curve, peaks
from workbench.widgets.plots.styles import SERIES_COLOURS, series_style
from workbench.widgets.plots.table import values_table, write_csv


def curve(x, y, **look) -> Curve:
    made = Curve(look.pop("name", "loss"), look.pop("colour", "training"), **look)
    made.set_samples(x, y)
    return made


def contents(**curves: Curve) -> Contents:
    return Contents(x_axis=Axis("step"), curves=dict(curves))


class TestSamples:
    def test_samples_are_copied_so_that_a_growing_array_can_go_on(self):
        x, y = array("d", [1, 2]), array("d", [5, 6])
        made = curve(x, y)
        x.append(3)  # would raise BufferError while a view of it lives
        y[0] = 99
        assert made.y.tolist() == [5, 6]

    def test_samples_of_a_rewound_run_are_put_in_order(self):
        made = curve([1, 2, 3, 2, 4], [10, 20, 30, 21, 40])
        assert made.x.tolist() == [1, 2, 2, 3, 4]
        assert made.y.tolist() == [10, 20, 21, 30, 40]

    def test_x_and_y_of_different_length_are_refused(self):
        with pytest.raises(ValueError, match="3 x values but 2 y values"):
            curve([1, 2, 3], [1, 2])

    def test_the_latest_value_is_the_last_that_is_a_number(self):
        assert curve([1, 2, 3], [5, 4, np.nan]).latest == (2, 4)
        assert curve([], []).latest is None

    def test_the_nearest_sample_is_found_on_both_sides(self):
        made = curve([0, 10, 20], [1, 2, 3])
        assert [made.nearest(x) for x in (-5, 4, 6, 15, 99)] == [(0, 1), (0, 1), (10, 2), (10, 2), (20, 3)]
        assert curve([0, 10], [1, np.nan]).nearest(9) is None

    def test_few_samples_are_drawn_as_they_are(self):
        x = np.arange(50.0)
        assert peaks(x, x, np.linspace(0, 50, 101))[0] is x

    def test_a_single_spike_among_100_000_samples_is_drawn(self):
        y = np.zeros(100_000)
        y[54_321] = 7.0
        xs, ys = peaks(np.arange(100_000.0), y, np.linspace(0, 100_000, 901))
        assert len(xs) <= MAX_POINTS
        assert ys.max() == 7.0
        assert abs(xs[ys.argmax()] - 54_321) < 100_000 / 900

    @given(st.lists(st.floats(-1e6, 1e6), min_size=30, max_size=300), st.integers(1, 12))
    def test_reduced_samples_keep_lowest_and_highest(self, values, columns):
        y = np.array(values)
        x = np.arange(float(len(y)))
        xs, ys = peaks(x, y, np.linspace(0, len(y) - 1, columns + 1))
        assert (ys.min(), ys.max()) == (y.min(), y.max())
        assert (np.diff(xs) >= 0).all()
        assert (xs[0], xs[-1]) == (x[0], x[-1])

    def test_a_gap_wider_than_a_column_stays_a_gap(self):
        y = np.ones(10_000)
        y[3000:4000] = np.nan
        xs, ys = peaks(np.arange(10_000.0), y, np.linspace(0, 10_000, 101))
        assert np.isnan(ys[(xs > 3100) & (xs < 3900)]).all()
        assert np.isfinite(ys[xs < 2900]).all()


class TestAxis:
    def test_ticks_stand_at_round_values(self):
        labels = [tick.label for tick in Axis().ticks(1.37, 2.61, 6)]
        assert labels == ["1.4", "1.6", "1.8", "2.0", "2.2", "2.4", "2.6"]

    def test_time_has_the_ticks_of_a_clock(self):
        axis = Axis("time", is_seconds=True)
        assert [tick.label for tick in axis.ticks(0, 700, 5)] == ["0 s", "2 min", "4 min", "6 min", "8 min", "10 min"]
        assert [tick.label for tick in axis.ticks(0, 9000, 5)] == [
            "0 s",
            "30 min",
            "1 h",
            "1 h 30 min",
            "2 h",
            "2 h 30 min",
        ]

    @pytest.mark.parametrize(
        ("low", "high", "most", "labels"),
        [
            (-2, 1, 4, ["0.01", "0.1", "1", "10"]),
            (-1, 0.3, 8, ["0.1", "0.2", "0.5", "1"]),
            (0.0, 0.3, 4, ["1.0", "1.2", "1.4", "1.6", "1.8"]),
        ],
    )
    def test_a_logarithmic_axis_has_few_round_ticks(self, low, high, most, labels):
        assert [tick.label for tick in Axis(is_log=True).ticks(low, high, most)][: len(labels)] == labels

    @given(st.floats(-1e6, 1e6), st.floats(1e-6, 1e6), st.integers(2, 12), st.booleans())
    def test_ticks_lie_inside_and_are_not_crowded(self, low, width, most, is_log):
        if is_log:
            low, width = low / 1e5, width / 1e5 + 1e-3
        ticks = Axis(is_log=is_log).ticks(low, low + width, most)
        assert all(low - 1e-6 * width - 1e-9 <= tick.position <= low + width * (1 + 1e-6) + 1e-9 for tick in ticks)
        assert len(ticks) <= 3 * most + 3

    def test_values_that_are_not_positive_have_no_place_on_a_logarithmic_axis(self):
        axis = Axis(is_log=True)
        assert np.isnan(axis.positions(np.array([-1.0, 0.0]))).all()
        assert axis.position(100.0) == 2.0
        assert axis.value(2.0) == 100.0

    def test_labels_speak_the_language(self):
        words.use_language(words.Language("de", {"{number}k": "{number} Tsd."}, ".", ","))
        assert step_label(12_500) == "12,5 Tsd."
        assert [tick.label for tick in Axis().ticks(0, 1, 2)] == ["0,0", "0,5", "1,0"]

    def test_steps_and_seconds_are_short(self):
        assert [step_label(value) for value in (0, 800, 12_000, 1_500_000)] == ["0", "800", "12k", "1.5M"]
        assert seconds_label(200) == "3 min 20 s"


class TestRange:
    def test_the_first_steps_of_a_long_loss_are_cut(self):
        y = 1.5 + 2.7 * np.exp(-np.arange(10_000) / 60)
        low, high = fitted_range([y], [], [], Axis())
        assert low <= 1.5
        assert high < 2.5
        assert whole_range([y], [], Axis())[1] >= 4.2

    def test_a_short_curve_is_shown_whole(self):
        low, high = fitted_range([np.array([4.2, 3.0, 2.5])], [], [], Axis())
        assert low <= 2.5
        assert high >= 4.2

    def test_near_reference_values_come_into_sight_and_far_ones_do_not(self):
        y = np.linspace(1.9, 1.4, 500)
        _, high = fitted_range([y], [], [2.1, 9.0], Axis())
        assert high >= 2.1
        assert high < 3

    def test_reference_values_alone_are_shown(self):
        low, high = fitted_range([], [], [3.3, 2.5, 2.1], Axis())
        assert low <= 2.1
        assert high >= 3.3

    def test_nothing_to_show_is_no_range(self):
        assert fitted_range([], [], [], Axis()) is None
        assert whole_range([np.empty(0)], [], Axis()) is None

    def test_spikes_stay_on_a_logarithmic_axis(self):
        y = np.full(5000, 0.3)
        y[17] = 40.0
        low, high = fitted_range([y], [1.0], [], Axis(is_log=True))
        assert low < np.log10(0.3)
        assert high > np.log10(40)

    @given(st.lists(st.floats(-1e9, 1e9), min_size=1, max_size=80), st.floats(-1e9, 1e9))
    def test_what_must_be_kept_is_inside(self, values, kept):
        low, high = fitted_range([np.array(values)], [kept], [], Axis())
        assert low <= kept <= high
        assert low < high


class TestFraming:
    def make(self) -> tuple[Contents, Framing]:
        shown = contents(loss=curve(np.arange(0, 1001.0), np.linspace(4, 1, 1001)))
        framing = Framing(shown)
        framing.refresh()
        return shown, framing

    def test_it_follows_the_newest_sample(self):
        shown, framing = self.make()
        shown.curves["loss"].set_samples(np.arange(0, 2001.0), np.linspace(4, 1, 2001))
        framing.refresh()
        assert framing.x == (0, 2000)

    def test_a_zoom_stays_while_samples_arrive(self):
        shown, framing = self.make()
        framing.zoom_x(2, 500)
        assert framing.x == (250, 750)
        assert not framing.is_following
        shown.curves["loss"].set_samples(np.arange(0, 2001.0), np.linspace(4, 1, 2001))
        framing.refresh()
        assert framing.x == (250, 750)

    def test_following_again_keeps_the_zoom_and_moves_to_the_newest(self):
        _, framing = self.make()
        framing.zoom_x(5, 500)
        framing.follow(True)
        framing.refresh()
        assert framing.x == (800, 1000)

    def test_the_height_fits_what_is_in_sight(self):
        shown, framing = self.make()
        shown.curves["loss"].shows_latest = False
        framing.show_x(0, 100)
        framing.refresh()
        assert framing.y[0] > 3

    def test_whole_shows_what_the_fitted_view_cuts(self):
        shown, framing = self.make()
        spiky = np.linspace(2.0, 1.5, 1001)
        spiky[3] = 80
        shown.curves["loss"].set_samples(np.arange(1001.0), spiky)
        framing.refresh()
        assert framing.y[1] < 10
        framing.show_whole()
        framing.refresh()
        assert framing.y[1] > 80
        assert framing.is_whole

    def test_panning_never_loses_all_samples(self):
        _, framing = self.make()
        for _ in range(50):
            framing.pan_x(5000)
        assert framing.x[0] < 1000

    def test_the_threshold_is_always_in_sight(self):
        shown, framing = self.make()
        shown.y_axis = Axis(is_log=True)
        shown.threshold = Threshold(250.0, "clip", (1e-3, 1e3))
        framing.refresh()
        assert framing.y[1] >= np.log10(250)

    def test_an_empty_plot_has_a_range(self):
        framing = Framing(Contents(references=[Reference("letters", 3.3)]))
        framing.refresh()
        assert framing.x == (0, 1)
        assert framing.y[0] < 3.3 < framing.y[1]


class TestLabels:
    @given(st.lists(st.floats(-50, 350), min_size=1, max_size=12))
    def test_spread_labels_keep_their_order_and_do_not_overlap(self, centres):
        placed = spread(centres, 20, 0, 300)
        ordered = [place for _, place in sorted(zip(centres, placed, strict=True), key=lambda pair: pair[0])]
        assert all(10 - 1e-6 <= place <= 290 + 1e-6 for place in placed)
        assert all(after - before >= 20 - 1e-6 for before, after in zip(ordered, sorted(ordered)[1:], strict=False))

    def test_labels_that_have_room_stay_where_they_belong(self):
        assert spread([50, 150], 20, 0, 300) == [50, 150]

    def test_labels_make_way_for_what_is_there_already(self):
        placed = placed_labels([95, 105], 20, 0, 300, (90, 110))
        assert placed[0] <= 80
        assert placed[1] >= 120

    @given(st.lists(st.floats(-50, 150), max_size=12), st.floats(20, 120))
    def test_labels_without_room_are_left_out_from_the_least_important_on(self, centres, height):
        placed = placed_labels(centres, 20, 0, height)
        shown = [place for place in placed if place is not None]
        assert placed == shown + [None] * (len(placed) - len(shown))
        assert len(shown) == min(len(centres), int((height + 0.01) // 20))
        assert all(after - before >= 20 - 0.02 for before, after in itertools.pairwise(sorted(shown)))
        assert all(10 - 0.02 <= place <= height - 10 + 0.02 for place in shown)

    def test_a_side_without_room_does_not_push_its_labels_over_what_is_there(self):
        assert placed_labels([5, 12, 60], 20, 0, 100, (20, 40)) == [10, None, 60]

    def test_a_line_is_cut_exactly_at_the_sides_of_the_picture(self):
        x, y = cut_outside(np.array([0.0, 100.0]), np.array([0.0, 100.0]), QRectF(20, 0, 100, 60))
        inside = np.isfinite(y)
        assert x[inside].tolist() == [20, 60]
        assert y[inside].tolist() == [20, 60]


class TestReading:
    def test_every_visible_curve_is_read_at_one_sample(self):
        shown = contents(
            loss=curve([0, 100, 200], [4, 3, 2]),
            validation=curve([100], [3.5], name="validation"),
        )
        reading = read_at(shown, 120)
        assert reading.x == 100
        assert reading.text == "step 100, loss 3, validation 3.5"

    def test_a_curve_has_no_value_before_its_first_sample(self):
        shown = contents(loss=curve([0, 100, 200], [4, 3, 2]), validation=curve([200], [3.5], name="validation"))
        assert [read.text for read in read_at(shown, 0).curves] == ["4", "–"]

    def test_hidden_curves_are_not_read(self):
        shown = contents(loss=curve([0, 1], [4, 3]), other=curve([0, 1], [1, 1], is_visible=False))
        assert [read.curve.name for read in read_at(shown, 1).curves] == ["loss"]

    def test_events_nearby_are_told(self):
        shown = contents(loss=curve([0, 100], [4, 3]))
        shown.marks = [EventMark(98, "Rewound to step 90", "rewound"), EventMark(20, "Paused", "paused")]
        assert read_at(shown, 100, nearby=5).events == ["Rewound to step 90"]

    def test_the_next_sample_is_at_least_a_step_away(self):
        shown = contents(loss=curve(np.arange(0, 1000.0), np.zeros(1000)))
        assert neighbour(shown, 500, 25) == 525
        assert neighbour(shown, 500, -0.001) == 499
        assert neighbour(shown, 999, 25) == 999
        assert neighbour(Contents(), 0, 1) is None


class TestTable:
    def test_it_has_a_row_for_every_x_and_a_column_for_every_visible_curve(self):
        shown = contents(
            loss=curve([10, 20], [4, 3.1234]),
            validation=curve([15, 20], [3.5, 3.2], name="validation"),
            hidden=curve([1], [1], is_visible=False),
        )
        headers, rows = values_table(shown)
        assert headers == ["step", "loss", "validation"]
        assert rows == [["10", "4", ""], ["15", "", "3.5"], ["20", "3.12", "3.2"]]

    def test_long_curves_are_thinned_and_short_ones_are_not(self):
        x = np.arange(100_000.0)
        shown = contents(loss=curve(x, x), validation=curve(x[499::500] + 0.5, x[499::500], name="validation"))
        headers, rows = values_table(shown)
        assert headers[0] == "step (5,000 of 100,200 rows)"
        assert len(rows) == 5000
        assert sum(1 for row in rows if row[2]) == 200
        assert rows[0][0] == "0.00"

    def test_an_empty_plot_has_an_empty_table(self):
        assert values_table(contents()) == (["step"], [])

    def test_the_file_has_all_samples_with_all_digits(self, tmp_path):
        x = np.arange(100_001.0, 100_001 + 20_000)
        write_csv(
            contents(loss=curve(x, np.sqrt(x)), validation=curve([100_005], [1.5], name="val, mean")),
            tmp_path / "a.csv",
        )
        lines = (tmp_path / "a.csv").read_text(encoding="utf-8").splitlines()
        assert len(lines) == 20_001
        assert lines[0] == 'step,loss,"val, mean"'
        assert lines[1] == f"100001,{np.sqrt(100_001.0)!r},".replace("np.float64(", "").replace(")", "")
        assert lines[5].endswith(",1.5")


class TestColours:
    @pytest.mark.parametrize("place", range(len(SERIES_COLOURS)))
    def test_every_series_stands_out_from_the_surface(self, place):
        light, dark = SERIES_COLOURS[place]
        assert contrast(light, LIGHT.surface) >= 3
        assert contrast(dark, DARK.surface) >= 3

    @pytest.mark.parametrize("role", ["training", "validation", "gradient", "threshold", "reference"])
    def test_every_role_of_a_line_stands_out_from_the_surface(self, role):
        for tokens in (LIGHT, DARK):
            assert contrast(getattr(tokens, role), tokens.surface) >= 3

    def test_24_series_differ(self):
        assert len({series_style(index) for index in range(24)}) == 24
        assert all(series_style(index)[0] != series_style(index + 1)[0] for index in range(24))
