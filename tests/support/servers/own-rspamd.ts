import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { binary } from '../jest/binaries.ts';
import { freePort } from '../mire.ts';
import { OwnServer, ownDirectory, spawnQuietly } from './own-server.ts';

/** What asks the network, a history or another server: none of it says anything of a mail's content. */
const ELSEWHERE = [
  ...['antivirus', 'arc', 'asn', 'bimi', 'dcc', 'dkim', 'dmarc', 'external_relay', 'fuzzy_check', 'greylist'],
  ...['history_redis', 'mx_check', 'neural', 'phishing', 'ratelimit', 'rbl', 'replies', 'rspamd_update', 'spf'],
  ...['surbl', 'url_redirector'],
];

/** Who hands the samples over. */
const [HOST, ADDRESS] = ['mire.sante-exemple.fr', '81.2.69.142'];

const settings = (folder: string, port: number) => `
.include "/etc/rspamd/common.conf"
options {
  filters = "chartable,regexp";
  pidfile = "${folder}/run/pid";
  cache_file = "${folder}/db/symbols.cache";
  history_file = "${folder}/db/history";
  dynamic_conf = "${folder}/db/dynamic";
  control_socket = "${folder}/run/control mode=0600";
  tempdir = "${folder}";
  # Ten thousand suffixes take half a minute to compile; these are those of the samples.
  url_tld = "${folder}/suffixes";
  disable_hyperscan = true;
  explicit_modules = ["settings"];
  allow_raw_input = true;
  words_decay = 600;
  dns { nameserver = ["127.0.0.1:1"]; timeout = 0.05s; retransmits = 1; }
}
logging { type = "console"; level = "error"; }
worker "normal" { bind_socket = "127.0.0.1:${port}"; count = 1; enabled = true; }
`;

export interface Verdict {
  readonly score: number;
  /** What added to it. */
  readonly symbols: Readonly<Record<string, number>>;
}

export interface OwnRspamd {
  judge(message: string): Promise<Verdict>;
  remove(): Promise<void>;
}

/** rspamd with the rules it comes with, which looks at nothing but the message and who hands it over. */
export async function ownRspamd(): Promise<OwnRspamd> {
  const [{ path: folder, remove }, port] = [await ownDirectory(), await freePort()];
  for (const name of ['run', 'db', 'local/local.d', 'local/override.d'])
    await mkdir(join(folder, name), { recursive: true });
  for (const name of ELSEWHERE) await writeFile(join(folder, 'local/override.d', `${name}.conf`), 'enabled = false;\n');
  // Whether the DNS knows the name that is said in HELO is the affair of the DNS.
  await writeFile(join(folder, 'local/local.d/hfilter.conf'), 'helo_enabled = false;\n');
  await writeFile(join(folder, 'suffixes'), ['com', 'org', 'net', 'fr', 'example', ''].join('\n'));
  await writeFile(join(folder, 'rspamd.conf'), settings(folder, port));
  const places = { DBDIR: 'db', RUNDIR: 'run', LOGDIR: 'db', LOCAL_CONFDIR: 'local' };
  const vars = Object.entries(places).map(([name, place]) => `--var=${name}=${join(folder, place)}`);
  const url = `http://127.0.0.1:${port}`;
  // As root, which it asks about: nobody else may look into the folder of a test.
  const options = ['--no-fork', '--insecure', '--user=root', '--group=root', '--config', join(folder, 'rspamd.conf')];
  const server = new OwnServer(
    () => spawnQuietly(binary('rspamd') ?? 'rspamd', [...options, ...vars]),
    async () => {
      if (!(await fetch(`${url}/ping`)).ok) throw new Error('rspamd does not answer yet');
    },
  );
  await server.start();
  return {
    async judge(message) {
      // As an MTA says it: the address has this name, and the name this address.
      const headers = { IP: ADDRESS, Hostname: HOST, Helo: HOST };
      const answer = await fetch(`${url}/checkv2`, { method: 'POST', headers, body: message });
      const { score, symbols } = (await answer.json()) as {
        score: number;
        symbols: Record<string, { name: string; score: number }>;
      };
      const added = Object.values(symbols).filter((symbol) => symbol.score > 0);
      return { score, symbols: Object.fromEntries(added.map((symbol) => [symbol.name, symbol.score])) };
    },
    async remove() {
      await server.stop();
      await remove();
    },
  };
}
