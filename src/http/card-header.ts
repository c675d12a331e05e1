import type { IncomingMessage } from 'node:http';
import type { Settings } from '../../config/settings.ts';
import type { CertificateHost, ShownCertificate } from './proxy-certificate.ts';

/** What our proxy says of the card that a browser showed it. */
export type ShownCard = ShownCertificate;

const shown = new WeakMap<IncomingMessage, ShownCard>();

/** @returns undefined when no proxy of ours stands between the browser and this request. */
export const shownCard = (request: IncomingMessage): ShownCard | undefined => shown.get(request);

type CardHeaderSettings = Pick<
  Settings,
  'CPS_ORIGIN' | 'CARD_HEADER' | 'CARD_HEADER_FORMAT' | 'CARD_VERIFY_HEADER' | 'CARD_PROXY_SECRET'
>;

/** Where people's cards are read. */
export const cardCertificates = (settings: CardHeaderSettings): CertificateHost => ({
  origin: settings.CPS_ORIGIN,
  header: settings.CARD_HEADER,
  format: settings.CARD_HEADER_FORMAT,
  verifyHeader: settings.CARD_VERIFY_HEADER,
  secret: settings.CARD_PROXY_SECRET,
  shown,
});
