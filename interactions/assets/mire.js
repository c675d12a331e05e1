// Makes the pages nicer; every one of them works without it.
(() => {
  const each = (selector, act) => {
    for (const element of document.querySelectorAll(selector)) act(element);
  };

  each('#erreur', (summary) => summary.focus());

  each('.reveal', (button) => {
    const field = document.getElementById(button.getAttribute('aria-controls'));
    const show = (shown) => {
      field.type = shown ? 'text' : 'password';
      button.setAttribute('aria-pressed', String(shown));
      button.textContent = shown ? button.dataset.hide : button.dataset.show;
    };
    button.hidden = false;
    button.addEventListener('click', () => show(field.type === 'password'));
    // Sent as a password field, or the browser would remember it as plain text.
    field.form.addEventListener('submit', () => show(false));
  });

  // One click, one POST. The button stays enabled so that its name and value are sent.
  each('form', (form) => {
    form.addEventListener('submit', (event) => {
      if (form.dataset.sent) event.preventDefault();
      form.dataset.sent = 'yes';
    });
  });
  // A page taken back from the browser's memory must be able to send again.
  window.addEventListener('pageshow', () => each('form', (form) => delete form.dataset.sent));

  // The list follows what is typed; the button stays, and finds the same.
  each('[data-structures]', (form) => {
    const field = form.elements.q;
    const list = document.querySelector('.structure-list');
    const count = document.querySelector('.structures-count');
    let asked = 0;
    let timer;
    const part = (name, text) => Object.assign(document.createElement('span'), { className: name, textContent: text });
    const item = ({ name, detail, href }) => {
      const link = Object.assign(document.createElement('a'), { className: 'structure', href });
      link.append(part('structure-name', name), ' ', part('structure-detail', detail));
      const line = document.createElement('li');
      line.append(link);
      return line;
    };
    const search = async () => {
      asked += 1;
      const mine = asked;
      const answer = await fetch(`${form.dataset.structures}?q=${encodeURIComponent(field.value)}`);
      if (!answer.ok || mine !== asked) return;
      const { results, message } = await answer.json();
      list.replaceChildren(...results.map(item));
      count.textContent = message;
    };
    field.addEventListener('input', () => {
      clearTimeout(timer);
      // Whatever goes wrong, the button still searches.
      timer = setTimeout(() => search().catch(() => {}), 200);
    });
  });

  // The person already said so in the application.
  each('[data-sure]', (button) => button.click());

  // What stands after # was never sent: the code of a mail's link goes into its field here.
  each('[data-from-hash]', (field) => {
    if (location.hash.length < 2) return;
    field.value = decodeURIComponent(location.hash.slice(1));
    history.replaceState(null, '', location.pathname + location.search);
  });

  each('[data-wait]', (button) => {
    const label = button.textContent;
    const end = Date.now() + Number(button.dataset.wait) * 1000;
    const tick = () => {
      const left = Math.ceil((end - Date.now()) / 1000);
      button.disabled = left > 0;
      button.textContent = left > 0 ? button.dataset.waitText.replace('{seconds}', String(left)) : label;
      if (left > 0) setTimeout(tick, 500);
    };
    tick();
  });
})();
