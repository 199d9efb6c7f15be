"""A person with a browser: follows links, fills in forms, and signs with her own passkey.

Everything goes through the pages and endpoints that a real browser uses, CSRF tokens included.
Only the device is software (tools/soft_passkey.py): its signatures are real.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urljoin

import httpx

from consent.grants.codec import b64u, unb64u
from consent.grants.statements import Answer
from tools.demo.pages import Form, Page
from tools.soft_passkey import SoftPasskey

Values = Mapping[str, str | Sequence[str]]


class DemoStep(Exception):
    """A step of the demo did not go as it must; the sentence says which and what was seen."""


class Visitor:
    """One signed-in person. ``base`` is the site's address, e.g. http://localhost:8000."""

    def __init__(self, base: str, name: str, email: str, alg: str = "ES256") -> None:
        self.name = name
        self.email = email
        self.user_handle = b""  # told when the passkey is made
        self.passkey = SoftPasskey(alg=alg, rp_id=httpx.URL(base).host, origin=base)
        self._http = httpx.Client(base_url=base, timeout=30, follow_redirects=True)

    def close(self) -> None:
        self._http.close()

    def __enter__(self) -> "Visitor":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # --- going about -------------------------------------------------------------------------

    def get(self, path: str) -> Page:
        return Page(self._checked(self._http.get(path), path).text)

    def send(self, path: str, form: Form, values: Values) -> Page:
        """Post ``form``, as found on the page at ``path``, with ``values`` filled in."""
        fields: dict[str, Any] = {name: list(held) for name, held in form.fields.items()}
        fields |= {k: v if isinstance(v, str) else list(v) for k, v in values.items()}
        target = urljoin(path, form.action or path)
        # Django checks the Referer of a POST over HTTPS; a browser sends it, so we do.
        headers = {"Referer": str(self._http.base_url.join(path))}
        answer = self._http.post(target, data=fields, headers=headers)
        page = Page(self._checked(answer, target).text)
        page.url = str(answer.url.raw_path.decode())
        return page

    def _checked(self, answer: httpx.Response, path: str) -> httpx.Response:
        if answer.status_code >= 400:
            seen = Page(answer.text).text[:400]
            raise DemoStep(f"{self.name}: {path} answered {answer.status_code}: {seen}")
        return answer

    def submit(self, path: str, *fields: str, values: Values) -> Page:
        """Open ``path``, find its form that has ``fields``, fill it in and send it."""
        return self.send(path, self.get(path).form_with(*fields), values)

    # --- the device --------------------------------------------------------------------------

    def join(self, link: str) -> None:
        """Accept an invitation and make a passkey on this person's own device."""
        path = httpx.URL(link).path
        self.submit(path, "name", values={"name": self.name})
        self.add_passkey()

    def add_passkey(self) -> None:
        path = "/accounts/2fa/webauthn/add/"
        page = self.get(path)
        options = page.data["js_data"]["creation_options"]["publicKey"]
        credential = self.passkey.make_attestation(
            unb64u(options["challenge"]), unb64u(options["user"]["id"])
        )
        self.user_handle = unb64u(options["user"]["id"])
        form = page.form_with("credential")
        self.send(
            path,
            form,
            {"credential": _json(credential), "name": "my device", "passwordless": "on"},
        )

    def sign_in(self) -> None:
        """Sign in with the passkey alone, in a new session."""
        self._http.cookies.clear()
        page = self.get("/accounts/login/")
        asked = self._http.get(
            "/accounts/2fa/webauthn/login/", headers={"X-Requested-With": "XMLHttpRequest"}
        )
        options = self._checked(asked, "passkey sign-in").json()["request_options"]["publicKey"]
        credential = self.passkey.assertion_json(unb64u(options["challenge"]), self.user_handle)
        self.send(
            "/accounts/login/", page.form_with("credential"), {"credential": _json(credential)}
        )

    def prove(self) -> None:
        """Show with the passkey, within the session, that it is still this person."""
        path = "/accounts/2fa/webauthn/reauthenticate/"
        page = self.get(path)
        options = page.data["js_data"]["request_options"]["publicKey"]
        credential = self.passkey.assertion_json(unb64u(options["challenge"]), self.user_handle)
        self.send(path, page.form_with("credential"), {"credential": _json(credential)})

    def sign(self, path: str, answer: Answer, **more: str) -> Page:
        """Sign the text on the page at ``path`` with ``answer`` and send the form."""
        page = self.get(path)
        text = page.data.get("statement-text")
        if not isinstance(text, str):
            raise DemoStep(f"{self.name}: {path} shows no text to sign: {page.text[:300]}")
        ballot = self.passkey.sign(text.encode(), _type_of(text), answer)
        values = {
            "answer": answer.value,
            "credential_id": b64u(ballot.credential_id),
            "authenticator_data": b64u(ballot.authenticator_data),
            "client_data_json": b64u(ballot.client_data_json),
            "signature": b64u(ballot.signature),
            "comment": "",
        } | more
        return self.send(path, page.form_with("answer", "signature"), values)


def _json(document: object) -> str:
    return json.dumps(document)


def _type_of(text: str) -> str:
    return str(json.loads(text)["type"])
