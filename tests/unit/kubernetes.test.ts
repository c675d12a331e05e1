import { globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { parse, parseAllDocuments } from 'yaml';
import { describeSettings, readSettings } from '../../config/settings.ts';

const FOLDER = join(import.meta.dirname, '../../deploy/kubernetes');

interface Probe {
  readonly httpGet: { readonly path: string; readonly port: string };
}
interface Container {
  readonly name: string;
  readonly image: string;
  readonly args?: readonly string[];
  readonly ports?: readonly { readonly name: string; readonly containerPort: number }[];
  readonly env?: readonly { readonly name: string; readonly value: string }[];
  readonly envFrom?: readonly { readonly configMapRef: { readonly name: string } }[];
  readonly volumeMounts: readonly { readonly name: string; readonly mountPath: string; readonly readOnly?: boolean }[];
  readonly securityContext: unknown;
  readonly resources: { readonly requests: Record<string, string>; readonly limits: Record<string, string> };
  readonly lifecycle?: { readonly preStop: { readonly sleep?: { readonly seconds: number } } };
  readonly startupProbe?: Probe;
  readonly readinessProbe?: Probe;
  readonly livenessProbe?: Probe;
}
interface Volume {
  readonly name: string;
  readonly secret?: { readonly secretName: string };
  readonly configMap?: { readonly name: string };
}
type Labels = Readonly<Record<string, string>>;
interface Selector {
  readonly matchLabels: Labels;
}
interface Thing {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly data?: Readonly<Record<string, string>>;
  readonly stringData?: Readonly<Record<string, string>>;
  readonly spec: {
    readonly selector?: Labels & Selector;
    readonly podSelector?: Selector;
    readonly scaleTargetRef?: { readonly kind: string; readonly name: string };
    readonly ports?: readonly { readonly port: number; readonly targetPort: string; readonly name: string }[];
    readonly ingress?: readonly { readonly ports: readonly { readonly port: number }[] }[];
    readonly rules?: readonly {
      readonly http: { readonly paths: readonly { backend: { service: { name: string; port: { name: string } } } }[] };
    }[];
    readonly template?: {
      readonly metadata: { readonly labels: Labels };
      readonly spec: {
        readonly terminationGracePeriodSeconds?: number;
        readonly automountServiceAccountToken: boolean;
        readonly securityContext: { readonly runAsNonRoot: boolean; readonly runAsUser: number };
        readonly containers: readonly [Container];
        readonly volumes: readonly Volume[];
      };
    };
  };
}

const files = globSync('*.yaml', { cwd: FOLDER }).sort();
const things = files
  .filter((file) => file !== 'kustomization.yaml')
  .flatMap((file) =>
    parseAllDocuments(readFileSync(join(FOLDER, file), 'utf8')).map((document) => {
      expect(document.errors).toEqual([]);
      return document.toJS() as Thing;
    }),
  );
const named = (kind: string, name: string) => things.find((one) => one.kind === kind && one.metadata.name === name);
const pods = things.flatMap((thing) =>
  thing.spec?.template ? [{ thing, ...thing.spec.template, container: thing.spec.template.spec.containers[0] }] : [],
);
const mire = pods.filter(({ container }) => container.name === 'mire');
const matches = (wanted: Labels, labels: Labels) =>
  Object.entries(wanted).every(([key, value]) => labels[key] === value);
const podsOf = (wanted: Labels) => pods.filter(({ metadata }) => matches(wanted, metadata.labels));

describe('the files of deploy/kubernetes', () => {
  const folder = mkdtempSync(join(tmpdir(), 'mire-kubernetes-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  test('are all applied, but the migration and the shape of the secrets', () => {
    const { resources } = parse(readFileSync(join(FOLDER, 'kustomization.yaml'), 'utf8')) as { resources: string[] };
    expect([...resources, 'kustomization.yaml', 'migrate.yaml', 'secret.example.yaml'].sort()).toEqual(files);
    expect(mire.map(({ container }) => container.args?.join(' ')).sort()).toEqual(['migrate', 'serve', 'work']);
  });

  test('give settings that exist, from keys that exist, and production starts on them', () => {
    const known = new Set<string>(describeSettings().map(({ name }) => name));
    const key = (letter: string) =>
      Buffer.from(`${letter}-0123456789-abcdefghij-klmnop`.slice(0, 32)).toString('base64');
    for (const { container, spec } of mire) {
      const env: Record<string, string> = { MIRE_ENV: 'production', ...named('ConfigMap', 'mire')?.data };
      for (const { name, value } of container.env ?? []) {
        const mount = container.volumeMounts.find(({ mountPath }) => value.startsWith(`${mountPath}/`));
        const volume = spec.volumes.find((one) => one.name === mount?.name);
        const shape = named('Secret', volume?.secret?.secretName ?? '')?.stringData ?? {};
        const text = shape[basename(value)];
        expect([name, value, text !== undefined]).toEqual([name, value, true]);
        if (!name.endsWith('_FILE') || !known.has(name.slice(0, -5))) {
          // CARD_ANCHORS_FILE is the setting itself.
          expect(known).toContain(name);
          env[name] = value;
          continue;
        }
        const file = join(folder, name);
        const filled = text
          ?.replace('<openssl rand -base64 32>', key(name))
          .replace('<openssl rand -hex 32>', `${name}0123456789abcdefghij`);
        writeFileSync(file, filled?.replace('<password>', 'secret') ?? '');
        env[name] = file;
      }
      expect(Object.keys(named('ConfigMap', 'mire')?.data ?? {}).filter((name) => !known.has(name))).toEqual([]);
      const settings = readSettings({ ...env, SUPPORT_URL: 'https://help.org/', MAIL_FROM: 'm@a.org' }, () => {
        throw new Error('production makes no secret');
      });
      expect(settings).toMatchObject({ PORT: 3000, METRICS_PORT: 9464, MIRE_ENV: 'production' });
    }
  });

  test('name ports, services and pods that are there', () => {
    for (const { kind, metadata, spec } of things) {
      const where = `${kind} ${metadata.name}`;
      if (kind === 'Service') {
        const [pod, ...others] = podsOf(spec.selector ?? {});
        expect([where, others.length]).toEqual([where, 0]);
        const open = pod?.container.ports?.map(({ name }) => name);
        for (const { targetPort } of spec.ports ?? []) expect(open).toContain(targetPort);
      }
      if (kind === 'Deployment')
        expect(matches(spec.selector?.matchLabels ?? {}, spec.template?.metadata.labels ?? {})).toBe(true);
      if (kind === 'PodDisruptionBudget')
        expect([where, podsOf(spec.selector?.matchLabels ?? {}).length]).toEqual([where, 1]);
      if (kind === 'HorizontalPodAutoscaler')
        expect(named(spec.scaleTargetRef?.kind ?? '', spec.scaleTargetRef?.name ?? '')).toBeDefined();
      if (kind === 'NetworkPolicy') {
        const open = podsOf(spec.podSelector?.matchLabels ?? {}).flatMap(({ container }) => container.ports ?? []);
        for (const { ports } of spec.ingress ?? [])
          for (const { port } of ports) expect(open.map(({ containerPort }) => containerPort)).toContain(port);
      }
      for (const { http } of spec?.rules ?? [])
        for (const { backend } of http.paths)
          expect(named('Service', backend.service.name)?.spec.ports?.map(({ name }) => name)).toContain(
            backend.service.port.name,
          );
    }
    const said = Object.fromEntries(
      mire.flatMap(({ container }) => container.ports ?? []).map((one) => [one.name, one.containerPort]),
    );
    expect(said).toEqual({ http: 3000, metrics: 9464 });
  });

  test('ask for addresses that Mire answers, at ports that are open', () => {
    const sources = join(FOLDER, '../../src');
    const served = globSync('**/*.ts', { cwd: sources })
      .map((file) => readFileSync(join(sources, file), 'utf8'))
      .join('\n');
    for (const { container } of pods) {
      const open = container.ports?.map(({ name }) => name) ?? [];
      for (const probe of [container.startupProbe, container.readinessProbe, container.livenessProbe].filter(
        (one) => one !== undefined,
      )) {
        expect(open).toContain(probe.httpGet.port);
        if (container.name === 'mire') expect(served).toContain(`'${probe.httpGet.path}'`);
      }
    }
  });

  test('let requests in hand end: SIGTERM comes once the proxies know, and nothing is killed before SHUTDOWN_GRACE', () => {
    const grace = Number(named('ConfigMap', 'mire')?.data?.SHUTDOWN_GRACE);
    for (const { container, spec } of mire.filter(({ thing }) => thing.kind === 'Deployment')) {
      const before = container.lifecycle?.preStop.sleep?.seconds ?? 0;
      expect(spec.terminationGracePeriodSeconds).toBeGreaterThanOrEqual(before + grace + 5);
      if (container.args?.[0] === 'serve') expect(before).toBeGreaterThan(2);
    }
  });

  test('run nothing as root, write nowhere, and say what they take', () => {
    for (const { spec, container } of pods) {
      expect(spec).toMatchObject({ automountServiceAccountToken: false, securityContext: { runAsNonRoot: true } });
      expect(spec.securityContext.runAsUser).toBeGreaterThan(0);
      expect(container.securityContext).toEqual({
        allowPrivilegeEscalation: false,
        readOnlyRootFilesystem: true,
        capabilities: { drop: ['ALL'] },
      });
      for (const part of [container.resources.requests, container.resources.limits])
        expect(Object.keys(part).sort()).toEqual(['cpu', 'memory']);
    }
  });

  test('read cards as deploy/nginx/mire.conf does, which the tests run', () => {
    const card = (conf: string) => {
      const server = conf.split(/^server \{/m).find((one) => one.includes('location = /carte')) ?? '';
      const lines = server.split('\n').map((line) => line.trim().replace(/\s+/g, ' '));
      const own = /^(?:listen|server_name|ssl_certificate|ssl_certificate_key|ssl_client_certificate|include|#|$)/;
      return lines.filter((line) => !own.test(line)).sort();
    };
    const ours = card(named('ConfigMap', 'mire-card-proxy')?.data?.['default.conf'] ?? '');
    const tested = card(readFileSync(join(FOLDER, '../nginx/mire.conf'), 'utf8'));
    expect(ours.length).toBeGreaterThan(20);
    expect(ours).toEqual(tested);
  });
});
