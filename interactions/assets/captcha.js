// The worker of the widget comes from here: nothing is made up in the page, which the content policy would refuse.
const { worker } = document.querySelector('script[data-worker]').dataset;
globalThis.$altcha.algorithms.set('PBKDF2/SHA-256', () => new Worker(worker));
