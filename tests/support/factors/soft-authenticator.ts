import { createHash, generateKeyPairSync, randomBytes, sign } from 'node:crypto';
import { isoCBOR } from '@simplewebauthn/server/helpers';

const sha256 = (data: string | Uint8Array) => createHash('sha256').update(data).digest();
const b64 = (data: Uint8Array | string) => Buffer.from(data).toString('base64url');

interface Flags {
  readonly verified?: boolean;
  readonly origin?: string;
  readonly counter?: number;
}

/** An authenticator that does as it is told, also what a real one never would (WebAuthn §6.1, §6.5). */
export class SoftAuthenticator {
  readonly #keys = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  readonly #id = randomBytes(32);
  readonly #origin: string;
  #user = '';
  counter = 0;

  constructor(origin: string) {
    this.#origin = origin;
  }

  #authData(rpId: string, flags: number, counter: number, attested = Buffer.alloc(0)): Buffer {
    const count = Buffer.alloc(4);
    count.writeUInt32BE(counter);
    return Buffer.concat([sha256(rpId), Buffer.from([flags]), count, attested]);
  }

  #clientData(type: 'webauthn.create' | 'webauthn.get', challenge: string, origin = this.#origin): string {
    return JSON.stringify({ type, challenge, origin, crossOrigin: false });
  }

  /** The answer to `PublicKeyCredentialCreationOptionsJSON`. */
  create(
    options: { challenge: string; rp: { id?: string }; user: { id: string } },
    { verified = true, origin, counter = ++this.counter }: Flags = {},
  ): string {
    this.#user = options.user.id;
    const { x = '', y = '' } = this.#keys.publicKey.export({ format: 'jwk' });
    const cose = new Map<number, number | Uint8Array>([
      [1, 2],
      [3, -7],
      [-1, 1],
      [-2, Uint8Array.from(Buffer.from(x, 'base64url'))],
      [-3, Uint8Array.from(Buffer.from(y, 'base64url'))],
    ]);
    const length = Buffer.alloc(2);
    length.writeUInt16BE(this.#id.length);
    const attested = Buffer.concat([Buffer.alloc(16), length, this.#id, isoCBOR.encode(cose as never)]);
    const authData = this.#authData(options.rp.id ?? '', 0x41 | (verified ? 4 : 0), counter, attested);
    const attestationObject = isoCBOR.encode(
      new Map<string, unknown>([
        ['fmt', 'none'],
        ['attStmt', new Map()],
        ['authData', Uint8Array.from(authData)],
      ]) as never,
    );
    return JSON.stringify({
      ...this.#named(),
      response: {
        clientDataJSON: b64(this.#clientData('webauthn.create', options.challenge, origin)),
        attestationObject: b64(attestationObject),
        transports: ['internal'],
      },
    });
  }

  /** The answer to `PublicKeyCredentialRequestOptionsJSON`. */
  get(
    options: { challenge: string; rpId?: string },
    { verified = true, origin, counter = ++this.counter }: Flags = {},
  ): string {
    const authData = this.#authData(options.rpId ?? '', 0x01 | (verified ? 4 : 0), counter);
    const clientData = this.#clientData('webauthn.get', options.challenge, origin);
    const signature = sign('sha256', Buffer.concat([authData, sha256(clientData)]), this.#keys.privateKey);
    return JSON.stringify({
      ...this.#named(),
      response: {
        clientDataJSON: b64(clientData),
        authenticatorData: b64(authData),
        signature: b64(signature),
        userHandle: this.#user,
      },
    });
  }

  #named() {
    return {
      id: b64(this.#id),
      rawId: b64(this.#id),
      type: 'public-key',
      clientExtensionResults: {},
      authenticatorAttachment: 'platform',
    };
  }
}
