"""The parts of bench/run.py: what is measured, against what, how, and the report."""
