// Signs the text that stands on this page, with the answer that was chosen, on the steward's device.
//
// What is signed is SHA-256("kinhold/v1" 0 type 0 text 0 answer); see docs/grant-format.md.

import { dataOf, say, toBytes, toText } from "./webauthn.js";

async function challengeFor(text, answer) {
  const type = JSON.parse(text).type;
  const bytes = new TextEncoder().encode(["kinhold/v1", type, text, answer].join("\0"));
  return crypto.subtle.digest("SHA-256", bytes);
}

async function assertionFor(form, answer) {
  const publicKey = {
    challenge: await challengeFor(dataOf("statement-text"), answer),
    rpId: form.dataset.rpId,
    allowCredentials: dataOf("sign-credentials").map((id) => ({
      type: "public-key",
      id: toBytes(id),
    })),
    userVerification: "required",
    timeout: 300000,
  };
  return navigator.credentials.get({ publicKey });
}

function fill(form, credential) {
  const { authenticatorData, clientDataJSON, signature } = credential.response;
  form.elements.credential_id.value = toText(credential.rawId);
  form.elements.authenticator_data.value = toText(authenticatorData);
  form.elements.client_data_json.value = toText(clientDataJSON);
  form.elements.signature.value = toText(signature);
}

async function sign(event) {
  event.preventDefault();
  const form = event.currentTarget;
  const problem = document.getElementById("sign-problem");
  const answer = new FormData(form).get("answer");
  if (!answer) {
    say(problem, form.dataset.choose);
    return;
  }
  const button = form.querySelector("button");
  button.disabled = true;
  say(problem, "");
  try {
    fill(form, await assertionFor(form, answer));
    form.submit();
  } catch (error) {
    console.error(error.name);
    say(problem, form.dataset.failed);
    button.disabled = false;
  }
}

document.getElementById("sign")?.addEventListener("submit", sign);
