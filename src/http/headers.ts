import type { Context, Middleware } from 'koa';

const BASE =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; base-uri 'none'; frame-ancestors 'none'";

/**
 * Headers of every answer. The content policy of the protocol's own pages has no `form-action`: form_post answers go to
 * the application. Pages of ours narrow it, see `allowForms`. oidc-provider adds the hash of its inline script to
 * `script-src`, which is why the header must be there before it runs.
 */
export function securityHeaders(issuer: string): Middleware {
  const https = issuer.startsWith('https:');
  return (ctx, next) => {
    ctx.set({
      'content-security-policy': BASE,
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-resource-policy': 'same-origin',
      'permissions-policy':
        'camera=(), geolocation=(), microphone=(), publickey-credentials-get=(self), publickey-credentials-create=(self)',
      'x-frame-options': 'DENY',
      // Redirects of a sign-in too; what may be kept says so itself.
      'cache-control': 'no-store',
    });
    if (https) ctx.set('strict-transport-security', 'max-age=63072000; includeSubDomains');
    return next();
  };
}

/**
 * Where the forms of this page may lead. Browsers apply `form-action` to every redirect after a POST, so the
 * application's own origins must stand there, or the way back would be cut.
 * @param connects what the script of this page calls besides ourselves
 */
export function allowForms(ctx: Context, origins: readonly string[] = [], connects: readonly string[] = []): void {
  const base = BASE.replace("connect-src 'self'", ["connect-src 'self'", ...connects].join(' '));
  ctx.set('content-security-policy', `${base}; form-action ${["'self'", ...new Set(origins)].join(' ')}`);
}

/** Scripts and frames of others on this page, such as a captcha that is not ours. After `allowForms`. */
export function allowWidgets(ctx: Context, origins: readonly string[]): void {
  if (origins.length === 0) return;
  const policy = ctx.response.get('content-security-policy');
  const widened = policy.replace("script-src 'self'", `script-src 'self' ${origins.join(' ')}`);
  ctx.set('content-security-policy', `${widened}; frame-src ${origins.join(' ')}`);
}

/** Origin of an http(s) address, or the scheme of a native application's private one. */
export function formTarget(uri: string): string | undefined {
  if (!URL.canParse(uri)) return undefined;
  const { protocol, origin } = new URL(uri);
  return protocol === 'https:' || protocol === 'http:' ? origin : protocol;
}

export function noStore(ctx: Context): void {
  ctx.set('cache-control', 'no-store');
}
