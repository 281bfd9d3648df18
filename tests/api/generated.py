"""Values made from the schemas of the description: as described, or nearly."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=10), inner, max_size=3),
    max_leaves=6,
)
_FORMATS = {
    "date": st.dates().map(lambda day: day.isoformat()),
    "date-time": st.datetimes(timezones=st.timezones()).map(lambda at: at.isoformat()),
}
_WORDS = ("Kari", "helse", "22 00 00 00", "post@example.org", "æøå", "0", "974760673", "www.example.org", "")


def values(schema: dict[str, Any], named: dict[str, Any]) -> st.SearchStrategy[Any]:
    """Values a schema takes; ``named`` are the schemas it may refer to."""
    if "$ref" in schema:
        return values(named[schema["$ref"].rpartition("/")[2]], named)
    if "anyOf" in schema:
        return st.one_of(*(values(kind, named) for kind in schema["anyOf"]))
    if "enum" in schema:
        return st.sampled_from(schema["enum"])
    if "const" in schema:
        return st.just(schema["const"])
    return _of_type(schema, named)


def _of_type(schema: dict[str, Any], named: dict[str, Any]) -> st.SearchStrategy[Any]:
    kind = schema["type"]
    if kind == "object":
        return _objects(schema, named)
    if kind == "array":
        return st.lists(values(schema["items"], named), max_size=min(3, schema.get("maxItems", 3)))
    if kind == "integer":
        lowest, highest = schema.get("minimum", -10), schema.get("maximum", 10**6)
        return st.integers(lowest, min(highest, lowest + 5)) | st.integers(lowest, highest)
    if kind == "number":
        return st.integers(-5, 10**6) | st.floats(-(10**6), 10**6)
    return {"string": _strings(schema), "boolean": st.booleans(), "null": st.none()}[kind]


def _strings(schema: dict[str, Any]) -> st.SearchStrategy[str]:
    if "format" in schema:
        return _FORMATS[schema["format"]]
    if "pattern" in schema:
        return st.from_regex(schema["pattern"], fullmatch=True)
    longest = schema.get("maxLength", 40)
    return st.sampled_from(_WORDS) | st.text(max_size=min(longest, 40))


def _objects(schema: dict[str, Any], named: dict[str, Any]) -> st.SearchStrategy[dict[str, Any]]:
    if "properties" not in schema:
        return st.dictionaries(
            st.text(max_size=40), values(schema["additionalProperties"], named), max_size=3
        )
    made = {name: values(inner, named) for name, inner in schema["properties"].items()}
    must = {name: made.pop(name) for name in schema.get("required", [])}
    return st.fixed_dictionaries(must, optional=made)


def nearly(right: st.SearchStrategy[Any], names: list[str]) -> st.SearchStrategy[Any]:
    """Mostly what is right, now and then with one field of another kind, or something else altogether."""
    bent = st.builds(lambda body, name, value: body | {name: value}, right, st.sampled_from(names), ANY_JSON)
    return st.one_of(right, right, right, right, right, bent, ANY_JSON)
