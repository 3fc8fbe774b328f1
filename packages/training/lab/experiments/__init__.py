"""One file per experiment: its theory in the docstring, what it measures, and `SPEC`."""
