"""The parts of the harness that decide what a report says."""
import types
import unittest

from harness import report, scenarios, tracing
from harness.session import Competitor, NoFigures, Session

FIGURES = {"server_cpu_us_per_delivery": 2.0, "client_was_limit": 0, "client_busy_share": 0.1}


def session_with(scenario):
    made = Session.__new__(Session)
    made.results, made.failures, made.limited, made.notes, made.began = {}, {}, {}, [], 0
    made.options = types.SimpleNamespace(rounds=2, parleyd=[("parleyd", "")])
    made.contestants = [types.SimpleNamespace(name=name, is_parleyd=name == "parleyd",
                                              is_floor=name == "floor", stores="nothing")
                        for name in ("parleyd", "floor")]
    made.scenarios = [scenario]
    made.say = lambda text: None
    return made


class Scenarios(unittest.TestCase):
    def test_every_name_of_every_set_is_one(self):
        for name in scenarios.SETS:
            self.assertTrue(scenarios.select([name]))

    def test_a_name_says_its_load(self):
        self.assertEqual(scenarios.find("1x5000w64").flags,
                         ("--rooms", "1", "--members", "5000", "--in-flight", "64"))
        self.assertEqual(scenarios.find("history1e7").sizes[-1], "10000000")
        self.assertRaises(ValueError, scenarios.find, "10x10")

    def test_sets_and_names_mix_without_repetition(self):
        names = [each.name for each in scenarios.select(["1x100w1", "targets"])]
        self.assertEqual(len(names), len(set(names)))
        self.assertEqual(names[0], "1x100w1")


class Results(unittest.TestCase):
    def setUp(self):
        self.scenario = scenarios.find("1x100w1")
        self.session = session_with(self.scenario)
        self.row = Competitor("parleyd", self.session.contestants[0])

    def table(self):
        return "\n".join(report.Report(self.session, {}, "").table(self.scenario))

    def attempt(self, measure, number=0):
        self.session.attempt(self.scenario, self.row, number, measure)

    def test_a_lost_message_takes_the_figures_of_all_rounds(self):
        def loses(*_):
            raise NoFigures("CHECK FAILED: room 0: lost")
        self.attempt(lambda *_: dict(FIGURES))
        self.assertIn("| parleyd | 2.00 |", self.table())
        self.attempt(loses, 1)
        self.attempt(lambda *_: dict(FIGURES), 2)
        self.assertIn("no figures: CHECK FAILED: room 0: lost", self.table())
        self.assertNotIn("2.00", self.table())

    def test_a_round_that_the_client_limited_does_not_count(self):
        self.attempt(lambda *_: FIGURES | {"client_was_limit": 1, "client_busy_share": 0.93})
        self.assertIn("no figures: the client was the limit (93% busy)", self.table())

    def test_ratios_are_taken_within_a_round(self):
        ours = [{"round": 0, "x": 4.0}, {"round": 1, "x": 9.0}, {"round": 2, "x": 1.0}]
        theirs = [{"round": 0, "x": 2.0}, {"round": 1, "x": 3.0}]
        self.assertEqual(report.ratios(ours, theirs, "x"), [2.0, 3.0])


class Tracing(unittest.TestCase):
    def test_the_summary_of_strace_is_read(self):
        text = ("% time     seconds  usecs/call     calls    errors syscall\n"
                "------ ----------- ----------- --------- --------- ----------------\n"
                " 75.00    0.000300           3       100        10 recvmsg\n"
                " 25.00    0.000100           1        50           sendmsg\n"
                "------ ----------- ----------- --------- --------- ----------------\n"
                "100.00    0.000400           2       150        10 total\n")
        self.assertEqual(tracing.parse(text), {"recvmsg": 100, "sendmsg": 50})


if __name__ == "__main__":
    unittest.main()
