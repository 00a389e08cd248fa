"""`backdraft schema`: the form of a schema, for editors."""

import click

from ui.output import tell_json


@click.command("schema")
def command() -> None:
    """Print the JSON Schema of backdraft.yml.

    For editors that complete and check as you type. Those that ask the YAML language server find it by a comment at the
    top of backdraft.yml.

    \b
    Example:
      backdraft schema > backdraft.schema.json
      sed -i '1i # yaml-language-server: $schema=backdraft.schema.json' backdraft.yml
    """
    from composer.catalogue import standard
    from composer.document_schema import document_schema

    tell_json(document_schema(standard()))
