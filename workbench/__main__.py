"""`python -m workbench` is the same as `textloom`."""

from workbench.app.main import main

if __name__ == "__main__":
    raise SystemExit(main())
