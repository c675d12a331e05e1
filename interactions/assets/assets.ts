import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { brotliCompress, gzip } from 'node:zlib';
import type { Middleware } from 'koa';

/** The files of the pages: read and named by their content at start, compressed once, for the first who asks. */
export interface Assets {
  readonly css: string;
  readonly js: string;
  /** Of the pages that wait for the desktop application. */
  readonly desktopJs: string;
  /** Of the forms in which an account is made. */
  readonly signUp: Readonly<Record<'css' | 'js', string>>;
  /** The widget of the captcha, in the parts that a strict content policy allows. */
  readonly altcha: Readonly<Record<'js' | 'css' | 'french' | 'worker' | 'start', string>>;
  readonly middleware: Middleware;
}

type Encoding = 'identity' | 'gzip' | 'br';

interface Asset {
  readonly type: string;
  readonly immutable: boolean;
  body(encoding: Encoding): Buffer | Promise<Buffer>;
}

/** One sheet, written in parts; their names give the order. */
export function styleSheet(): Buffer {
  const parts = new URL('style/', import.meta.url);
  return Buffer.concat(
    readdirSync(parts)
      .sort()
      .map((name) => readFileSync(new URL(name, parts))),
  );
}

const fileNamed = (name: string): Buffer => readFileSync(new URL(name, import.meta.url));
const packaged = (path: string): Buffer => readFileSync(new URL(`../../node_modules/${path}`, import.meta.url));

/** In the thread pool: the densest compression of every file would be a quarter of a second of the start. */
const COMPRESS = { gzip: promisify<Buffer, Buffer>(gzip), br: promisify<Buffer, Buffer>(brotliCompress) };

function prepare(body: Buffer, type: string, immutable: boolean): Asset & { hash: string } {
  const hash = createHash('sha256').update(body).digest('base64url').slice(0, 12);
  const made = new Map<Encoding, Promise<Buffer>>();
  return {
    type,
    immutable,
    hash,
    body(encoding) {
      if (encoding === 'identity') return body;
      const compressed = made.get(encoding) ?? COMPRESS[encoding](body);
      made.set(encoding, compressed);
      return compressed;
    },
  };
}

/** One file for all pages: what asks for a passkey is small, and one request fewer is worth more. */
const script = (): Buffer =>
  Buffer.concat([
    fileNamed('mire.js'),
    packaged('@simplewebauthn/browser/dist/bundle/index.umd.min.js'),
    Buffer.from('\n'),
    fileNamed('passkeys.js'),
  ]);

const CSS = 'text/css; charset=utf-8';
const JS = 'text/javascript; charset=utf-8';

export function createAssets(): Assets {
  const files = new Map<string, Asset>([
    ['/assets/favicon.svg', prepare(fileNamed('favicon.svg'), 'image/svg+xml', false)],
  ]);
  /** @returns its address, which changes with its content. */
  const serve = (name: string, extension: 'css' | 'js', body: Buffer): string => {
    const asset = prepare(body, extension === 'css' ? CSS : JS, true);
    const path = `/assets/${name}.${asset.hash}.${extension}`;
    files.set(path, asset);
    return path;
  };

  return {
    css: serve('mire', 'css', styleSheet()),
    js: serve('mire', 'js', script()),
    desktopJs: serve('desktop', 'js', fileNamed('desktop.js')),
    signUp: {
      css: serve('sign-up', 'css', fileNamed('sign-up.css')),
      js: serve('sign-up', 'js', fileNamed('sign-up.js')),
    },
    altcha: {
      js: serve('altcha', 'js', packaged('altcha/dist/external/altcha.min.js')),
      css: serve('altcha', 'css', packaged('altcha/dist/external/altcha.css')),
      french: serve('altcha-fr', 'js', packaged('altcha/dist/i18n/fr-fr.js')),
      worker: serve('altcha-worker', 'js', packaged('altcha/dist/workers/pbkdf2.js')),
      start: serve('captcha', 'js', fileNamed('captcha.js')),
    },
    middleware: async (ctx, next) => {
      const file = files.get(ctx.path);
      if (!file || (ctx.method !== 'GET' && ctx.method !== 'HEAD')) return next();
      const encoding = ctx.acceptsEncodings('br', 'gzip', 'identity');
      const chosen = encoding === 'br' || encoding === 'gzip' ? encoding : 'identity';
      if (chosen !== 'identity') ctx.set('content-encoding', chosen);
      ctx.set('cache-control', file.immutable ? 'public, max-age=31536000, immutable' : 'public, max-age=86400');
      ctx.vary('accept-encoding');
      ctx.type = file.type;
      ctx.body = await file.body(chosen);
      return undefined;
    },
  };
}
