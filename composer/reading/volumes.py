"""The data of a component that outlives its containers."""

from composer import syntax
from composer.reading.mappings import entries
from composer.reading.scalars import matching, name_key

volumes = entries(
    name_key,
    matching(syntax.MOUNT, "a path in the container", "an absolute path of letters, digits and `. _ - /`"),
)
"""A reader of volumes: name to path in the container."""
