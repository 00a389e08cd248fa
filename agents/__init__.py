"""The small program on each host that ships log lines and samples."""
