"""Compile a bound program to SQL: one statement that decides every row of a relation.

kinds        what SQL knows of a value: its column type and its exact width
trees        small pieces of SQL, folded where they are constant
masks        sets of facts and rules as integers, held bit by bit
values       a compiled expression: its SQL, and what it waits for
layers       named columns, each in the first subquery that can hold it
comparisons, arithmetic, logic, functions, rounding, dates, lists
             operators on compiled values
expressions  the core's nodes, each handed to its operator
conditions, hit_policies, tables, lookup
             decision tables
outputs      the columns that the caller sees
plan         the way in: `compile_program`
"""
