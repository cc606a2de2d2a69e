#!/usr/bin/env python3
"""Django's commands. Every job of the product is one of them: see README.md."""

import os
import sys

# Changing tables is the owner's work: these never step down to DATABASE_ROLE.
COMMANDS_OF_THE_OWNER = {"migrate", "makemigrations", "sqlmigrate", "flush", "dbshell"}


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    if COMMANDS_OF_THE_OWNER.intersection(sys.argv[1:2]):
        os.environ.pop("DATABASE_ROLE", None)
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
