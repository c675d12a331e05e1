// Makes the sign-up form nicer; it works without.
(() => {
  const plain = (text) => text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();

  // A list with a search of its own: what does not match leaves the list, the chosen one stays.
  for (const list of document.querySelectorAll('select[data-search]')) {
    const all = [...list.options];
    const label = document.createElement('label');
    const search = document.createElement('input');
    const found = document.createElement('p');
    search.type = 'search';
    search.id = `${list.id}-recherche`;
    search.autocomplete = 'off';
    label.htmlFor = search.id;
    label.className = 'search-label';
    label.textContent = list.dataset.search;
    found.className = 'hint';
    found.setAttribute('role', 'status');
    const control = document.createElement('div');
    control.className = 'control search';
    control.append(search);
    list.parentElement.before(label, control, found);
    search.addEventListener('input', () => {
      const words = plain(search.value).split(/\s+/).filter(Boolean);
      const chosen = list.value;
      const matching = all.filter(
        (option) => option.value === '' || words.every((word) => plain(option.textContent).includes(word)),
      );
      const named = matching.filter((option) => option.value !== '');
      const first = named.find((option) => plain(option.textContent).startsWith(words[0] ?? '')) ?? named[0];
      const searching = words.length > 0;
      list.replaceChildren(...(searching && !first ? all : matching));
      list.value = searching && first ? first.value : chosen;
      found.textContent = !searching
        ? ''
        : first
          ? list.dataset.found.replace('{name}', first.textContent)
          : list.dataset.none;
      list.dispatchEvent(new Event('change'));
    });
    // Enter in the search chooses; it does not send the form.
    search.addEventListener('keydown', (event) => {
      if (event.key !== 'Enter') return;
      event.preventDefault();
      list.focus();
    });
  }

  // Only the specialties of the chosen profession.
  for (const list of document.querySelectorAll('select[data-depends]')) {
    const on = document.getElementById(list.dataset.depends);
    const [none] = list.options;
    const groups = [...list.querySelectorAll('optgroup')];
    const show = () => {
      const chosen = list.value;
      const mine = groups.filter((group) => group.dataset.code === on.value);
      list.replaceChildren(none, ...mine);
      list.value = [...list.options].some((option) => option.value === chosen) ? chosen : '';
    };
    on.addEventListener('change', show);
    show();
  }

  // Goes up with what makes a password hard to guess; whether it is accepted, the server says.
  for (const field of document.querySelectorAll('[data-strength]')) {
    const meter = document.getElementById(field.dataset.strength);
    const text = meter.querySelector('.meter-text');
    const value = (name) => document.querySelector(`[name="${name}"]`)?.value ?? '';
    const about = () =>
      ['new_login', 'family_name', 'given_name', 'email']
        .flatMap((name) => value(name).split(/[\s@.'’_-]+/))
        .concat([...document.querySelectorAll('.locked')].flatMap((shown) => shown.textContent.split(/[\s'’-]+/)))
        .map(plain)
        .filter((word) => word.length >= 3);
    const judge = (password) => {
      const left = 12 - [...password].length;
      if (left > 0) return [1, (left === 1 ? meter.dataset.leftOne : meter.dataset.leftOther).replace('{count}', left)];
      const folded = plain(password).replace(/[^\p{L}\p{N}]/gu, '');
      const own = about().reduce((rest, word) => rest.replaceAll(word, ''), folded);
      if (own !== folded && own.length < 8) return [1, meter.dataset.likeYou];
      if (new Set(folded).size < 6 || /^\d+$/.test(folded)) return [1, meter.dataset.plain];
      const words = password.split(/[^\p{L}\p{N}]+/u).filter((word) => word.length > 2).length;
      return [...password].length >= 16 || words >= 3 ? [3, meter.dataset.good] : [2, meter.dataset.fair];
    };
    const show = () => {
      meter.hidden = field.value === '';
      if (meter.hidden) return;
      const [level, words] = judge(field.value);
      meter.dataset.level = String(level);
      if (text.textContent !== words) text.textContent = words;
    };
    field.addEventListener('input', show);
  }
})();
