import type { SignedInDesktop } from '../../src/desktop/device.ts';
import type { DesktopRequest } from '../../src/desktop/request.ts';
import { provedBy } from '../../src/desktop/strength.ts';
import { coarsePlace, countedAddress } from '../../src/protection/address.ts';

/** The answers of the desktop's calls, field by field as docs/desktop-protocol.md says. */
export function sessionJson({ device, signIn, expiresAt }: SignedInDesktop, name: string) {
  return {
    device: { id: device.id, name: device.name },
    account: { name },
    ...provedBy(signIn),
    auth_time: Math.floor(signIn.authenticatedAt.getTime() / 1000),
    expires_at: expiresAt.toISOString(),
  };
}

export function requestJson({ address }: SignedInDesktop, { id, content, createdAt, expiresAt }: DesktopRequest) {
  return {
    id,
    kind: content.kind,
    application: { name: content.applicationName },
    asked_at: createdAt.toISOString(),
    expires_at: expiresAt.toISOString(),
    required_acr: content.required,
    asked_from: content.place ?? null,
    desktop_at: coarsePlace(address) ?? null,
    same_network: content.counted === countedAddress(address),
    ...(content.kind === 'browser'
      ? { browser: content.browser ?? null, choices: content.choices }
      : { binding_message: content.bindingMessage ?? null }),
  };
}
