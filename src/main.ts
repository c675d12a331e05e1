import { mire } from './main/mire.ts';

// What failed may have left open what it began with: a pool, a server.
if ((await mire(process.argv.slice(2), process)) === 'failed') process.exit();
