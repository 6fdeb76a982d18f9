"""The measures: facts of a person become rows, rows of a job become sums, sums become figures. Pure."""
