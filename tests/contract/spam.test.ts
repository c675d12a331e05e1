import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import nodemailer from 'nodemailer';
import { messageOf, senderOf } from '../../adapters/mail/smtp.ts';
import type { Mail } from '../../src/delivery/ports.ts';
import { sampleMails } from '../../src/sandbox/sample-messages.ts';
import { binary } from '../support/jest/binaries.ts';
import { describeWith } from '../support/jest/services.ts';
import { type OwnRspamd, ownRspamd } from '../support/servers/own-rspamd.ts';
import { ownDirectory } from '../support/servers/own-server.ts';

const run = promisify(execFile);
const MOST = 0.5;
const SENDER = {
  platform: 'Portail des Professionnels de Santé',
  host: 'mire.sante-exemple.fr',
  supportUrl: 'https://assistance.sante-exemple.fr/',
};

const composing = nodemailer.createTransport({ streamTransport: true, buffer: true, newline: 'unix' });

/** As it lies in the mailbox: the server that took it says from whom. */
async function received(mail: Mail): Promise<string> {
  const sender = senderOf('Mire <ne-pas-repondre@mire.sante-exemple.fr>');
  const { message } = await composing.sendMail(messageOf(mail, sender));
  const now = new Date().toUTCString().replace('GMT', '+0000');
  const by = `Received: from mire.sante-exemple.fr (mire.sante-exemple.fr [81.2.69.142])\n\tby mx.hopital.example (Postfix) with ESMTPS id 4XyZ12;\n\t${now}`;
  // The first line is only what separates one from the next: any date of its form will do.
  return `From mire@sante-exemple.fr Mon Nov 30 22:00:00 2026\n${by}\n${String(message).replace(/^From /gm, '>From ')}\n`;
}

describeWith('spamassassin', 'SpamAssassin, asked without the network', () => {
  test('finds nothing in any mail, in either language', async () => {
    const { path, remove } = await ownDirectory();
    const all = (['fr', 'en'] as const).flatMap((locale) => sampleMails(locale, SENDER).map(([, mail]) => mail));
    const box = join(path, 'all.mbox');
    await writeFile(box, (await Promise.all(all.map(received))).join('\n'));
    // One process for all of them; nothing learnt, nothing kept.
    const options = ['--local', '--nocreate-prefs', '--cf=use_bayes 0', '--cf=report_safe 0', '--mbox', box];
    const { stdout } = await run(binary('spamassassin') ?? 'spamassassin', options, {
      env: { ...process.env, HOME: path, LC_ALL: 'C.UTF-8' },
      maxBuffer: 64 * 1024 * 1024,
    });
    await remove();
    // It does not keep their order.
    const scored = stdout.split(/^From mire@/m).flatMap((text) => {
      const [, score, tests] =
        /^X-Spam-Status: \w+, score=(-?[\d.]+)\s+[^=]*=[\d.]+\s+tests=([\w,\s]*?)\s+autolearn/m.exec(text) ?? [];
      const id = /^Message-ID: <(.+)@/m.exec(text)?.[1];
      const language = /^Content-Language: (.+)$/m.exec(text)?.[1];
      return score === undefined ? [] : [{ name: `${id}, ${language}`, score: Number(score), tests }];
    });
    expect(scored).toHaveLength(all.length);
    expect(scored.filter(({ score }) => score > MOST)).toEqual([]);
  });
});

/** “Santé” in a mail that it takes for English is a word in two alphabets to rspamd: the platform is called so all the same. */
const ACCENTS = 'R_MIXED_CHARSET';
/** Far from 4, from which on it asks a server to come again later. */
const MOST_WITH_ACCENTS = 1.5;

/** Debian has it, and CI does not: it is heavy. Where it is there it judges too. */
const MORE_JUDGES = binary('rspamd') ? [{ judge: 'rspamd', start: ownRspamd }] : [];

for (const { judge, start } of MORE_JUDGES) {
  describe(`${judge}, asked without the network`, () => {
    let running: OwnRspamd;
    beforeAll(async () => {
      running = await start();
    });
    afterAll(() => running.remove());

    const envelope = /^From .*\n/;
    test('finds nothing in any mail, in either language', async () => {
      const samples = (['fr', 'en'] as const).flatMap((locale) =>
        sampleMails(locale, SENDER).map(([name, mail]) => ({ name: `${name}, ${locale}`, mail })),
      );
      const scored = [];
      for (const { name, mail } of samples)
        scored.push({ name, ...(await running.judge((await received(mail)).replace(envelope, ''))) });
      expect(scored.filter(({ score, symbols }) => score - (symbols[ACCENTS] ?? 0) > MOST)).toEqual([]);
      expect(scored.filter(({ score }) => score > MOST_WITH_ACCENTS)).toEqual([]);
      expect(scored).toHaveLength(samples.length);
    });

    test('and something in a mail that is spam', async () => {
      const spam = 'XJS*C4JDBQADN1.NSBN3*2IDNEN*GTUBE-STANDARD-ANTI-UBE-TEST-EMAIL*C.34X';
      const [, mail] = sampleMails('fr', SENDER)[0] ?? [];
      if (!mail) throw new Error('a mail is needed');
      const message = await received({ ...mail, text: spam, html: `<p>${spam}</p>` });
      expect((await running.judge(message.replace(envelope, ''))).score).toBeGreaterThan(MOST);
    });
  });
}
