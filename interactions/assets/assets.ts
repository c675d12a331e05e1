import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import type { Middleware } from 'koa';

/** The files of the pages: read, named by their content and compressed once, at start. */
export interface Assets {
  readonly css: string;
  readonly js: string;
  /** Of the pages that wait for the desktop application. */
  readonly desktopJs: string;
  readonly middleware: Middleware;
}

interface Asset {
  readonly type: string;
  readonly immutable: boolean;
  readonly bodies: Readonly<Record<'identity' | 'gzip' | 'br', Buffer>>;
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

function prepare(body: Buffer, type: string, immutable: boolean): Asset & { hash: string } {
  const hash = createHash('sha256').update(body).digest('base64url').slice(0, 12);
  return { type, immutable, hash, bodies: { identity: body, gzip: gzipSync(body), br: brotliCompressSync(body) } };
}

export function createAssets(): Assets {
  const css = prepare(styleSheet(), 'text/css; charset=utf-8', true);
  const js = prepare(fileNamed('mire.js'), 'text/javascript; charset=utf-8', true);
  const desktop = prepare(fileNamed('desktop.js'), 'text/javascript; charset=utf-8', true);
  const files = new Map<string, Asset>([
    [`/assets/mire.${css.hash}.css`, css],
    [`/assets/mire.${js.hash}.js`, js],
    [`/assets/desktop.${desktop.hash}.js`, desktop],
    ['/assets/favicon.svg', prepare(fileNamed('favicon.svg'), 'image/svg+xml', false)],
  ]);
  const [cssPath = '', jsPath = '', desktopPath = ''] = files.keys();

  return {
    css: cssPath,
    js: jsPath,
    desktopJs: desktopPath,
    middleware: (ctx, next) => {
      const file = files.get(ctx.path);
      if (!file || (ctx.method !== 'GET' && ctx.method !== 'HEAD')) return next();
      const encoding = ctx.acceptsEncodings('br', 'gzip', 'identity');
      const chosen = encoding === 'br' || encoding === 'gzip' ? encoding : 'identity';
      if (chosen !== 'identity') ctx.set('content-encoding', chosen);
      ctx.set('cache-control', file.immutable ? 'public, max-age=31536000, immutable' : 'public, max-age=86400');
      ctx.vary('accept-encoding');
      ctx.type = file.type;
      ctx.body = file.bodies[chosen];
      return undefined;
    },
  };
}
