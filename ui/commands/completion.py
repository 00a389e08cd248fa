"""`backdraft completion`: have the shell complete commands, options and names."""

import click

from ui.output import tell


@click.command("completion")
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
@click.pass_context
def command(context: click.Context, shell: str) -> None:
    """Print a script that makes a shell complete words.

    Commands, options and files; projects, their components after NAME/, jobs and secrets; stacks, kinds and images.
    Have your shell read the script when it starts, and begin a new shell. `backdraft` has to be on your PATH; zsh has
    to have called compinit before.

    \b
    Example:
      echo 'source <(backdraft completion bash)' >> ~/.bashrc
      echo 'source <(backdraft completion zsh)' >> ~/.zshrc
      mkdir -p ~/.config/fish/completions
      backdraft completion fish > ~/.config/fish/completions/backdraft.fish
    """
    from click.shell_completion import ShellComplete, get_completion_class

    # not its `source()`: that first asks the shell's version, and the shell need not be here
    completion = get_completion_class(shell)
    assert completion is not None  # noqa: S101 (the choices above are the shells click knows)
    made: ShellComplete = completion(context.find_root().command, {}, "backdraft", "_BACKDRAFT_COMPLETE")
    tell(made.source_template % made.source_vars())
