"""Tables of statutory holidays: those that come with the program, and those beside a policy.

A table holds whole years: of a year without a line nothing is known, and nothing
is guessed. `china.csv` is made from the chinesecalendar library, which follows the
State Council's yearly notices: `make holidays` renews it.
"""

from keyaccount.formats.holiday_tables.reader import TABLES, holiday_table

__all__ = ["TABLES", "holiday_table"]
