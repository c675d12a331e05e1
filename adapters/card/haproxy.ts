import type { Encoded } from './decode.ts';

/** `%[ssl_c_der,base64]`: the DER in base64, on one line. */
export const fromHaproxy = (value: string): Encoded => ({ base64: value });
