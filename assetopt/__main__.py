"""``python -m assetopt`` is the command ``assetopt``."""

from assetopt.cli import main

if __name__ == "__main__":
    main()
