"""Account lists of any size through a policy: read, map, evaluate, write, rejects.

run            the way in: `run_batch`
request        what is asked for, checked; job, what is to be done
csv_dialect, csv_scan, csv_records, csv_clean, csv_list
               CSV files, from their bytes to a relation
parquet_list, xlsx_guard, xlsx_list
               the other files
mapping        which column holds which fact
cells, numerals, sql_cells
               what a cell's text means, in Python and in SQL
sql_engine, row_decider, fixes, evaluation
               all rows by SQL; the rest one by one, and back to their places
rows           a list row by row, as facts, for whoever decides each row apart
outputs, result_sql, counters, writing, xlsx_write, rejects, summary
               what is written and told
"""

from keyaccount.batch.cells import MISSING_MARKERS, MissingMarkers
from keyaccount.batch.duck import Resources
from keyaccount.batch.run import run_batch
from keyaccount.batch.summary import DecisionCounts, Engine, Summary

__all__ = [
    "MISSING_MARKERS",
    "DecisionCounts",
    "Engine",
    "MissingMarkers",
    "Resources",
    "Summary",
    "run_batch",
]
