"""What stands in somebody's JSON and in no struct of ours."""

from collections.abc import Iterator

import msgspec


def unknown_paths(understood: object, raw: object, path: str = "") -> Iterator[str]:
    """Paths of what stands in the JSON and in no struct. Free-form objects (schemas, metadata) are not looked into."""
    if isinstance(understood, msgspec.Struct) and isinstance(raw, dict):
        known = (*understood.__struct_fields__, understood.__struct_config__.tag_field)
        for key, value in raw.items():
            inner = f"{path}.{key}" if path else key
            if key not in known:
                yield inner
            else:
                yield from unknown_paths(getattr(understood, key, None), value, inner)
    elif isinstance(understood, list) and isinstance(raw, list):
        for index, (part, raw_part) in enumerate(zip(understood, raw, strict=True)):
            yield from unknown_paths(part, raw_part, f"{path}[{index}]")
