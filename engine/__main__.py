"""`python -m engine` runs the commands."""

from engine.cli.main import main

if __name__ == "__main__":
    main()
