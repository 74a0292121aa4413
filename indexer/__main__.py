"""`python -m indexer`: the same as `gongkai`."""

from indexer.cli import main

if __name__ == "__main__":
    main(prog_name="gongkai")
