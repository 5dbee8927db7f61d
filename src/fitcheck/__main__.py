"""`python -m fitcheck` is the command."""

from fitcheck.cli import main

if __name__ == "__main__":
    main()
