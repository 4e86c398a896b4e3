"""``python -m runwatch.cli``: the same as ``runwatch``, where scripts are not on the path."""

from runwatch.cli.app import main

if __name__ == "__main__":
    main()
