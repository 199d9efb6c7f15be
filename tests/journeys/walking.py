"""A person who walks through the pages on a phone, and looks at each of them on the way."""

from dataclasses import dataclass, field
from typing import Self

from allauth.account.utils import user_pk_to_url_str
from playwright.sync_api import Browser, ConsoleMessage, Page, expect

from consent.grants.statements import Answer
from tests.cast import Person
from tests.journeys.browser import give_device
from tools.soft_passkey import SoftPasskey

PHONE_PX = 360  # the narrowest screen that every page must fit


@dataclass(frozen=True)
class Device:
    passkey: SoftPasskey
    user_handle: bytes

    @classmethod
    def of(cls, person: Person) -> Self:
        return cls(person.passkey, user_pk_to_url_str(person.user).encode())


@dataclass
class Walk:
    """One person's browser. ``look`` after each step asserts what holds for every page."""

    page: Page
    base: str
    wrong: list[str] = field(default_factory=list)  # told by the browser's console
    elsewhere: list[str] = field(default_factory=list)  # asked of other hosts

    @classmethod
    def begin(cls, browser: Browser, base: str, *, scripts: bool = True) -> Self:
        context = browser.new_context(
            base_url=base,
            viewport={"width": PHONE_PX, "height": 740},
            java_script_enabled=scripts,
        )
        context.set_default_timeout(10_000)
        walk = cls(context.new_page(), base)
        walk.page.on("console", walk._told)
        walk.page.on("pageerror", lambda error: walk.wrong.append(str(error)))
        walk.page.on("request", lambda request: walk._asked(request.url))
        return walk

    def _told(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.wrong.append(message.text)

    def _asked(self, url: str) -> None:
        if not url.startswith((self.base, "data:")):
            self.elsewhere.append(url)

    def sign_in(self, device: Device) -> None:
        give_device(self.page, device)
        self.go("/accounts/login/")
        self.press("Sign in with my passkey")
        expect(self.page.get_by_role("button", name="Sign out")).to_be_visible()
        self.look()

    def go(self, path: str) -> None:
        self.page.goto(path)
        self.look()

    def follow(self, name: str) -> None:
        """Follow the link in the page's own content that is called so."""
        self.page.get_by_role("main").get_by_role("link", name=name, exact=True).first.click()
        self.look()

    def press(self, name: str) -> None:
        self.page.get_by_role("button", name=name, exact=True).click()

    def send(self, name: str) -> None:
        """Press a button that leads to a page."""
        with self.page.expect_navigation():
            self.press(name)
        self.look()

    def sees(self, text: str) -> None:
        expect(self.page.get_by_role("main")).to_contain_text(text)

    def unfold(self, name: str) -> None:
        self.page.locator("summary:visible", has_text=name).first.click()

    def sign(self, answer: Answer = Answer.YES) -> None:
        self.page.locator(f"input[name=answer][value={answer}]").check()
        self.send("Sign with my passkey")

    def look(self) -> None:
        """Nothing went wrong, nobody else was asked, and the page fits the phone."""
        self.page.wait_for_load_state()
        expect(self.page.get_by_role("heading", level=1)).to_have_count(1)
        where = self.page.url
        assert self._width() <= PHONE_PX, f"{where} is {self._width()} px wide"
        assert (self.wrong, self.elsewhere) == ([], []), where

    def _width(self) -> int:
        return int(self.page.evaluate("document.documentElement.scrollWidth"))
