"""Several people at the same moment: each in a thread with a connection of its own."""

import threading
from collections.abc import Callable
from typing import Any

from django.db import connection

from common.refusals import Refused


def at_once(*deeds: Callable[[], Any], seconds: float = 60) -> list[Any]:
    """What each deed gave, in their order; a refusal or failure is given as it is. Waits so long for each."""
    found: list[Any] = [None] * len(deeds)
    starts = threading.Barrier(len(deeds))

    def does(place: int) -> None:
        try:
            connection.ensure_connection()
            starts.wait(timeout=30)
            found[place] = deeds[place]()
        except Exception as error:
            found[place] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=does, args=(place,)) for place in range(len(deeds))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=seconds)
    return found


def refusals(found: list[Any]) -> list[str]:
    return [str(one) for one in found if isinstance(one, Refused)]


def failures(found: list[Any]) -> list[Any]:
    """What should never reach anybody: neither done nor refused."""
    return [one for one in found if isinstance(one, Exception) and not isinstance(one, Refused)]
