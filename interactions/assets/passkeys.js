// Passkeys need a script: nothing else can ask the browser for them. The answer travels in a plain form.
(() => {
  const { browserSupportsWebAuthn, browserSupportsWebAuthnAutofill, startAuthentication, startRegistration } =
    window.SimpleWebAuthnBrowser;

  const ask = async (form) => {
    const body = new URLSearchParams({ _csrf: form.elements._csrf.value });
    const answer = await fetch(form.dataset.options, { method: 'POST', body, headers: { accept: 'application/json' } });
    if (!answer.ok) throw new Error(String(answer.status));
    return answer.json();
  };
  const send = (form, credential) => {
    form.elements.credential.value = JSON.stringify(credential);
    HTMLFormElement.prototype.submit.call(form);
  };
  const show = (form, name, shown) => {
    const note = form.querySelector(`[data-${name}]`);
    if (note) note.hidden = !shown;
  };

  const withButton = (form) => {
    if (!browserSupportsWebAuthn()) {
      show(form, 'unsupported', true);
      return;
    }
    form.querySelector('[type=submit]').hidden = false;
    form.addEventListener('submit', async (event) => {
      event.preventDefault();
      show(form, 'failed', false);
      try {
        const optionsJSON = await ask(form);
        const start = form.dataset.passkey === 'add' ? startRegistration : startAuthentication;
        send(form, await start({ optionsJSON }));
      } catch {
        show(form, 'failed', true);
        delete form.dataset.sent;
      }
    });
  };

  const fromAutofill = async (form) => {
    if (!document.querySelector('[autocomplete$=webauthn]') || !(await browserSupportsWebAuthnAutofill())) return;
    try {
      send(form, await startAuthentication({ optionsJSON: await ask(form), useBrowserAutofill: true }));
    } catch {
      // The person chose another way.
    }
  };

  for (const form of document.querySelectorAll('form[data-passkey]')) {
    if (form.dataset.passkey === 'autofill') fromAutofill(form);
    else withButton(form);
  }
})();
