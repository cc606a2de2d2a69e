"""Takes the pictures of the README and of docs/gallery.md from the running product, into docs/pictures.

    make install-dev && .venv/bin/python -m docs.take_pictures

Needs Chromium and pdftoppm (Debian: `apt-get install chromium poppler-utils`) and two minutes. It makes the demo
book in a folder of its own and throws it away. The clock stands still on a Tuesday morning, so that the pictures
change only when the pages do.
"""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

BOOKED = datetime(2026, 11, 23, 23, 30, tzinfo=UTC)  # into the day; a night knows what was entered before it
NIGHT = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)
MORNING = datetime(2026, 11, 24, 8, 40, tzinfo=UTC)
PICTURES = Path(__file__).resolve().parent / "pictures"
LARGEST = 250_000  # bytes of a picture
PHONE = {"width": 390, "height": 1150}
DESK = {"width": 1440, "height": 1000}
TALL = {"width": 390, "height": 1500}
WIDE = {"width": 1440, "height": 1200}
LETTER_WIDTH = 1000  # pixels


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="payround-pictures-") as folder:
        os.environ["PAYROUND_DATA_DIR"] = folder
        os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
        os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"  # Playwright keeps an event loop in the thread
        os.environ["TIME_ZONE"] = "Europe/Madrid"
        for name in ("DATABASE_URL", "REDIS_URL", "ALLOWED_HOSTS", "DEBUG"):
            os.environ.pop(name, None)
        import django

        django.setup()
        _stop_the_clock(BOOKED)
        _fill()
        _stop_the_clock(NIGHT)
        _night()
        _stop_the_clock(MORNING)
        letter, shots = _letter(), [*ALWAYS_THERE, *_found()]
        PICTURES.mkdir(exist_ok=True)
        _print(letter)
        with _served() as address:
            _photograph(address, shots)
    for picture in sorted(PICTURES.glob("*.png")):
        _reduce(picture)
        print(f"{picture.name:<12} {picture.stat().st_size:>8,} bytes")


def _stop_the_clock(moment: datetime) -> None:
    from common import clock

    setattr(clock, "now", lambda: moment)  # noqa: B010  (the one reader of the clock)


def _fill() -> None:
    from django.core.management import call_command

    call_command("migrate", interactive=False, verbosity=0)
    call_command("seed_demo", as_of=MORNING.date())


def _night() -> None:
    from django.core.management import call_command

    call_command("run_nightly", as_of=MORNING.date().isoformat())


def _letter() -> bytes:
    """A letter in English and euro about a handful of items."""
    from audit.services import COMMAND
    from collections_app.letters import queries, services
    from collections_app.letters.models import Letter
    from customers.models import Customer

    def fits(one: Any) -> tuple[bool, ...]:
        return one.currency == "EUR", one.language == "en", 3 <= len(one.items) <= 6

    proposal = queries.proposal(as_of=MORNING.date())
    chosen = max(proposal.letters, key=lambda one: (sum(fits(one)), -one.customer_id))
    customer = Customer.objects.get(pk=chosen.customer_id)
    services.issue(as_of=MORNING.date(), by=COMMAND, customer=customer)
    services.render_waiting()
    document = Letter.objects.get(customer=customer, currency=chosen.currency).document
    assert document is not None  # noqa: S101  (printed a line above)
    return bytes(document.content)


def _print(letter: bytes) -> None:
    """The letter's first page."""
    command = ["pdftoppm", "-png", "-singlefile", "-f", "1", "-scale-to-x", str(LETTER_WIDTH), "-scale-to-y", "-1", "-"]
    subprocess.run([*command, str(PICTURES / "letter")], input=letter, check=True)  # noqa: S603


@contextmanager
def _served() -> Iterator[str]:
    """The product in a thread of this process, where the clock stands still too."""
    from django.contrib.staticfiles.handlers import StaticFilesHandler
    from django.core.servers.basehttp import ThreadedWSGIServer, WSGIRequestHandler
    from django.core.wsgi import get_wsgi_application

    class Quiet(WSGIRequestHandler):
        def log_message(self, format: str, *args: Any) -> None:
            pass

    from threading import Thread

    server = ThreadedWSGIServer(("127.0.0.1", 0), Quiet)
    server.set_app(StaticFilesHandler(get_wsgi_application()))
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()


#: Name, who looks, where, how large and how sharp; and what of the page, where not all that is in sight.
Shot = tuple[str, str, str, dict[str, int], int, str]
ALWAYS_THERE: tuple[Shot, ...] = (
    ("today", "carmen", "/today/", PHONE, 2, ""),
    ("list", "carmen", "/today/round/", TALL, 2, ""),
    ("map", "carmen", "/today/round/", WIDE, 2, ".round__map"),
    ("week", "carmen", "/week/", WIDE, 1, ""),
    ("plans", "maria", f"/plans/{MORNING.date().isoformat()}/", WIDE, 1, ""),
    ("ageing", "maria", "/ageing/", DESK, 1, ""),
)


def _found() -> Iterator[Shot]:
    """Why an item is in its standing, what a draft of the policy would change, and how the night went."""
    from dataclasses import replace

    from django.urls import reverse

    from collections_app.desk.policies import simulation
    from collections_app.policy import queries, services
    from collections_app.standings.models import Night, Standing
    from collections_app.visits import services as visits
    from collections_app.visits.planning import working_days
    from staff.models import Business, Role, User

    as_of = MORNING.date()
    carmen = User.objects.get(username="carmen")
    visits.plan_round(on=working_days(as_of, 4, Business.objects.get().calendar), reps=[carmen], by=carmen)
    item = Standing.objects.filter(rule="broken promises", customer__owner=carmen).earliest("pk").due_item
    yield "explanation", "carmen", f"{reverse('desk:invoice', args=[item.invoice_id])}#why-{item.pk}", DESK, 1, ""
    decides = User.objects.filter(role=Role.ADMIN).earliest("pk")
    policy = queries.in_force(as_of)
    draft = services.draft(
        policy=replace(policy, thresholds=replace(policy.thresholds, quasi_bad=45)), title="Stricter", by=decides
    )
    simulation.simulate(version=draft, as_of=as_of, by=decides)
    yield "policy", decides.username, reverse("desk:try-policy", args=[draft.pk]), WIDE, 1, ""
    yield "night", "maria", reverse("desk:night", args=[Night.objects.latest("business_date").pk]), DESK, 1, ""


def _photograph(address: str, shots: list[Shot]) -> None:
    from playwright.sync_api import sync_playwright

    from demo import people

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=_chromium(), args=["--no-sandbox", "--lang=en-GB"])
        for name, person, path, size, sharpness, part in shots:
            context = browser.new_context(viewport=size, device_scale_factor=sharpness, locale="en-GB")  # type: ignore[arg-type]
            page = context.new_page()
            page.goto(f"{address}/login/")
            page.fill("[name=username]", person)
            page.fill("[name=password]", people.PASSWORD)
            page.click("main button[type=submit]")
            page.goto(address + path)
            page.evaluate("document.fonts.ready")
            target = page.locator(part) if part else page
            target.screenshot(path=PICTURES / f"{name}.png")
            context.close()
        browser.close()


def _chromium() -> str:
    for name in ("chromium", "chromium-browser", "google-chrome"):
        path = shutil.which(name)
        if path:
            return path
    raise SystemExit("The pictures need Chromium: apt-get install chromium")


def _reduce(picture: Path) -> None:
    """Pages have few colours: 128 of them look the same and weigh a third."""
    from PIL import Image

    with Image.open(picture) as opened:
        opened.convert("RGB").quantize(128, dither=Image.Dither.NONE).save(picture, optimize=True)
    if picture.stat().st_size > LARGEST:
        raise SystemExit(f"{picture} weighs more than {LARGEST:,} bytes: take a smaller one.")


if __name__ == "__main__":
    main()
