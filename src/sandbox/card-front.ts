import type { Settings } from '../../config/settings.ts';
import type { CardPki } from './card-pki.ts';
import { escapedCertificate, saidOf, startTlsFront, type TlsFront } from './tls-front.ts';

/** What a reverse proxy does in production: asks the browser for a card, and says which one it showed. */
export function startCardFront(settings: Settings, pki: CardPki): Promise<TlsFront> {
  const { CARD_HEADER, CARD_VERIFY_HEADER, CARD_PROXY_SECRET = '', CPS_ORIGIN = '', CARD_TLS_PORT, PORT } = settings;
  return startTlsFront({
    listen: { host: '127.0.0.1', port: CARD_TLS_PORT },
    to: PORT,
    // Named to the browser, so that it offers cards only.
    ask: { authorities: [pki.anchors, pki.intermediates] },
    headers: (_incoming, socket) => ({
      host: new URL(CPS_ORIGIN).host,
      [CARD_HEADER.toLowerCase()]: escapedCertificate(socket),
      ...(CARD_VERIFY_HEADER ? { [CARD_VERIFY_HEADER.toLowerCase()]: saidOf(socket) } : {}),
      'x-mire-proxy-secret': CARD_PROXY_SECRET,
    }),
  });
}
