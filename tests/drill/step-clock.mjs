// Preloaded into one process: SIGUSR2 moves its clock a minute ahead, and the next one back.
const real = Date.now;
let ahead = 0;
const RealDate = Date;
process.on('SIGUSR2', () => {
  ahead = ahead === 0 ? 60_000 : 0;
});
globalThis.Date = class extends RealDate {
  constructor(...args) {
    super(...(args.length === 0 ? [real() + ahead] : args));
  }
  static now() {
    return real() + ahead;
  }
};
