"""`python -m cli` is `talentloop`."""

from cli.main import main

main()
