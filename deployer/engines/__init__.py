"""One file per engine; each offers what `deployer.engines.interface` asks."""
