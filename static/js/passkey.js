// Makes a passkey, or signs in with one, for the forms marked data-passkey="create|get|fetch".

import { dataOf, say, toBytes, toText } from "./webauthn.js";

const describe = (list = []) => list.map((item) => ({ ...item, id: toBytes(item.id) }));

async function create({ publicKey }) {
  return navigator.credentials.create({
    publicKey: {
      ...publicKey,
      challenge: toBytes(publicKey.challenge),
      user: { ...publicKey.user, id: toBytes(publicKey.user.id) },
      excludeCredentials: describe(publicKey.excludeCredentials),
    },
  });
}

async function get({ publicKey }) {
  return navigator.credentials.get({
    publicKey: {
      ...publicKey,
      challenge: toBytes(publicKey.challenge),
      allowCredentials: describe(publicKey.allowCredentials),
    },
  });
}

function asJson(credential) {
  const response = {};
  for (const name of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]) {
    if (credential.response[name]) {
      response[name] = toText(credential.response[name]);
    }
  }
  if (credential.response.getTransports) {
    response.transports = credential.response.getTransports();
  }
  return JSON.stringify({
    id: credential.id,
    rawId: toText(credential.rawId),
    type: credential.type,
    response,
    clientExtensionResults: credential.getClientExtensionResults(),
  });
}

const ways = {
  create: async () => create(dataOf("js_data").creation_options),
  get: async () => get(dataOf("js_data").request_options),
  fetch: async (form) => {
    const answer = await fetch(form.action, {
      headers: { Accept: "application/json", "X-Requested-With": "XMLHttpRequest" },
    });
    return get((await answer.json()).request_options);
  },
};

async function use(event) {
  event.preventDefault();
  const form = event.currentTarget;
  const problem = form.querySelector("[data-problem]");
  const button = form.querySelector("button");
  button.disabled = true;
  say(problem, "");
  try {
    form.elements.credential.value = asJson(await ways[form.dataset.passkey](form));
    form.submit();
  } catch (error) {
    console.error(error.name);
    say(problem, form.dataset.failed);
    button.disabled = false;
  }
}

for (const form of document.querySelectorAll("form[data-passkey]")) {
  form.addEventListener("submit", use);
}
