// Passkeys (WebAuthn) on the sign-in and account pages. The form carries the answer; the server checks it.
//   <form data-rebond-passkey="login">          asks the form's own address for a challenge
//   <form data-rebond-passkey="get|create" data-rebond-options="id of a JSON block">
const toBytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));
const toText = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
const ids = (list) => list?.map((key) => ({ ...key, id: toBytes(key.id) }));

async function ask({ publicKey }) {
  const options = { ...publicKey, challenge: toBytes(publicKey.challenge), allowCredentials: ids(publicKey.allowCredentials) };
  return navigator.credentials.get({ publicKey: options });
}

async function make({ publicKey }, passwordless) {
  const selection = { ...publicKey.authenticatorSelection, residentKey: passwordless ? "required" : "discouraged", requireResidentKey: passwordless };
  if (passwordless) selection.userVerification = "required";
  return navigator.credentials.create({
    publicKey: {
      ...publicKey,
      authenticatorSelection: selection,
      challenge: toBytes(publicKey.challenge),
      user: { ...publicKey.user, id: toBytes(publicKey.user.id) },
      excludeCredentials: ids(publicKey.excludeCredentials),
    },
  });
}

function plain(credential) {
  const given = credential.response;
  const response = { clientDataJSON: toText(given.clientDataJSON) };
  if (given.attestationObject) {
    response.attestationObject = toText(given.attestationObject);
    response.transports = given.getTransports?.() ?? [];
  } else {
    response.authenticatorData = toText(given.authenticatorData);
    response.signature = toText(given.signature);
    response.userHandle = given.userHandle ? toText(given.userHandle) : null;
  }
  return {
    id: credential.id,
    rawId: toText(credential.rawId),
    type: credential.type,
    authenticatorAttachment: credential.authenticatorAttachment,
    clientExtensionResults: credential.getClientExtensionResults(),
    response,
  };
}

async function credentialFor(form) {
  const kind = form.dataset.rebondPasskey;
  if (kind === "login") {
    const answer = await fetch(form.action, { headers: { Accept: "application/json", "X-Requested-With": "XMLHttpRequest" } });
    if (!answer.ok) throw new Error(`HTTP ${answer.status}`);
    return ask((await answer.json()).request_options);
  }
  const data = JSON.parse(document.getElementById(form.dataset.rebondOptions).textContent);
  if (kind === "create") return make(data.creation_options, form.elements.passwordless?.checked ?? true);
  return ask(data.request_options);
}

const able = Boolean(window.PublicKeyCredential && navigator.credentials);
for (const part of document.querySelectorAll("[data-rebond-passkey-only]")) part.hidden = !able;
for (const part of document.querySelectorAll("[data-rebond-passkey-missing]")) part.hidden = able;
for (const form of able ? document.querySelectorAll("form[data-rebond-passkey]") : []) {
  const failed = form.querySelector("[data-rebond-passkey-failed]");
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const button = event.submitter;
    if (failed) failed.hidden = true;
    if (button) button.setAttribute("aria-busy", "true");
    try {
      form.elements.credential.value = JSON.stringify(plain(await credentialFor(form)));
      form.submit();
    } catch {
      if (failed) failed.hidden = false;
    } finally {
      button?.removeAttribute("aria-busy");
    }
  });
}
