import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from '@jest/globals';
import nodemailer from 'nodemailer';
import { messageOf, senderOf } from '../../adapters/mail/smtp.ts';
import type { Mail } from '../../src/delivery/ports.ts';
import { sampleMails } from '../../src/sandbox/sample-messages.ts';
import { binary } from '../support/jest/binaries.ts';
import { describeWith } from '../support/jest/services.ts';
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
