import { openOrConnect } from '../../../adapters/db/pglite.ts';

/** A process that opens a data directory as a command would, tells how it went, and stops when it is asked to. */
const [directory = ''] = process.argv.slice(2);
process.on('disconnect', () => process.exit(0));

const opened = await openOrConnect(directory);
process.on('message', () => {
  void opened.stop().then(() => process.exit(0));
});
process.send?.({ url: opened.url, owned: opened.owned });
