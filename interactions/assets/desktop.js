// Hands the request over to the desktop application, and waits for its answer. "Continuer" does the same by hand.
(() => {
  const form = document.querySelector('[data-desktop]');
  if (form?.dataset.desktop !== 'waiting') return;
  const { events, state, request, loopback } = form.dataset;
  let done = false;
  const go = () => {
    if (done) return;
    done = true;
    form.requestSubmit();
  };

  const poll = async () => {
    try {
      const answer = await fetch(state, { headers: { accept: 'application/json' } });
      if (answer.status !== 200 || (await answer.json()).state !== 'waiting') return go();
    } catch {
      // The network is away: the next look may succeed.
    }
    if (!done) setTimeout(poll, 3000);
  };
  const source = new EventSource(events);
  source.addEventListener('answered', () => {
    source.close();
    go();
  });
  source.addEventListener('error', () => {
    if (source.readyState === EventSource.CLOSED) poll();
  });

  const open = () => document.querySelector('[data-desktop-link]').click();
  // Once for each request: a reload does not open the application again.
  const key = `mire-desktop-${form.action}`;
  if (sessionStorage.getItem(key) === request) return;
  sessionStorage.setItem(key, request);
  if (!Number(loopback)) return open();
  // A plain request, so that no browser asks first whether it may.
  const body = JSON.stringify({ issuer: location.origin, request });
  fetch(`http://127.0.0.1:${loopback}/request`, { method: 'POST', body, signal: AbortSignal.timeout(2000) }).then(
    (answer) => answer.ok || open(),
    open,
  );
})();
