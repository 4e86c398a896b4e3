"""The grammar of filters and orders, for Lark's LALR parser: ``docs/query.md`` says what it means."""

from __future__ import annotations

from typing import Final

GRAMMAR: Final = r"""
?filter: all (_OR all)*
?all: factor (_AND factor)*
?factor: _NOT factor                -> negation
       | "(" filter ")"
       | field                      -> presence
       | field more+                -> words
       | quoted more*      -> words
       | field OPERATOR value       -> comparison
       | field _IN values           -> among
       | field _NOT _IN values      -> outside
values: "(" value ("," value)* ")"
order: MINUS? field
field: first ("." part | column)*
first: NAME
part: NAME | STRING
column: "[" (NAME | STRING) "]"
value: WORD | STRING
more: PLAIN | STRING
quoted: STRING

_OR.2: /or(?![\w\/\-])/i
_AND.2: /and(?![\w\/\-])/i
_NOT.2: /not(?![\w\/\-])/i
_IN.2: /in(?![\w\/\-])/i
MINUS: "-"
OPERATOR: /[<>=!~:&|^*%]+/
NAME: /[\w\/][\w\/\-]*/
WORD: /[\w.:+\/@\-]+/
PLAIN: /[\w+\/@][\w.+\/@\-]*/
STRING: /"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'/s
%ignore /\s+/
"""
"""Where the lexer stands decides which terminals it looks for, so that a tag may be named ``and``."""
