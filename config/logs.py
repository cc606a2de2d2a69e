"""What of a log record is worth a line on the terminal."""

import logging


def refused_in_a_line(record: logging.LogRecord) -> bool:
    """A page that is refused (403, 404) is no defect: its line stays, its traceback does not. Errors keep theirs."""
    if record.levelno < logging.ERROR:
        record.exc_info = record.exc_text = None
    return True
