"""A text becomes a Schema: the YAML in it, the nodes of that, and what each node means.

| to read | look into |
|---|---|
| bytes and YAML | `text`, `tree`, `nodes` |
| one value, or a mapping of them | `scalars`, `mappings`; what is wrong with them goes to `faults` |
| a part of the schema | the module that is called like the part; `schema` is the whole |
"""
