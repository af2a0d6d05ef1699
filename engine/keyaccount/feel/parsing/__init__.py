"""The grammar of FEEL, part by part; `keyaccount.feel.parser` is the entry."""
