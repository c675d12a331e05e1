import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from '@jest/globals';
import { binary } from '../support/jest/binaries.ts';
import { describeWith } from '../support/jest/services.ts';
import { ownDirectory } from '../support/servers/own-server.ts';

const run = promisify(execFile);
const FOLDER = join(import.meta.dirname, '../../deploy/prometheus');
const promtool = () => binary('promtool') ?? 'promtool';

describeWith('promtool', 'the alarms, evaluated by Prometheus itself', () => {
  test('each rings for what it is about, and is silent on an ordinary day', async () => {
    const { stdout } = await run(promtool(), ['test', 'rules', join(FOLDER, 'mire.rules.test.yml')]);
    expect(stdout).toContain('SUCCESS');
  });

  test('one that never rings is found', async () => {
    const { path, remove } = await ownDirectory();
    const rules = readFileSync(join(FOLDER, 'mire.rules.yml'), 'utf8');
    const deaf = rules.replace('up{job="mire"} == 0', 'up{job="mire"} == 2');
    expect(deaf).not.toBe(rules);
    await writeFile(join(path, 'mire.rules.yml'), deaf);
    await writeFile(join(path, 'mire.rules.test.yml'), readFileSync(join(FOLDER, 'mire.rules.test.yml')));
    const tried = run(promtool(), ['test', 'rules', join(path, 'mire.rules.test.yml')]);
    await expect(tried).rejects.toMatchObject({ stdout: expect.any(String), code: 1 });
    await remove();
  });
});
