/**
 * The mode table: what each way of signing in proves, in the order of the user guide.
 * Data only; nothing else in the code knows these values. `acr` is the most a mode can reach.
 * RIE columns: see the arrêté of 28 March 2022 (v1) and the draft v2 (TRIS 2026/0498/FR).
 */
export const ACR_VALUES = ['eidas1', 'eidas2', 'eidas3'] as const;
export type Acr = (typeof ACR_VALUES)[number];

export const MODE_IDS = ['cps', 'code-ephemere', 'compte-local', 'monsisra', 'psc', 'login-mdp', 'cle-acces'] as const;
export type ModeId = (typeof MODE_IDS)[number];

export interface ModeRow {
  readonly id: ModeId;
  /** The highest level this mode can prove. */
  readonly acr: Acr;
  /** RFC 8176 values, one per factor really used; a mode may add to them (`sms`). */
  readonly amr: readonly string[];
  /** Whether an unknown person may open an account with this proof. */
  readonly opensSignUp: boolean;
  /** Whether the mode can complete a password proof that already lives in the session. */
  readonly completesPassword: boolean;
  readonly outsideRie: { readonly v1: boolean; readonly v2: boolean };
}

const CARD_AMR = ['sc', 'pin', 'hwk', 'mfa'] as const;

/**
 * What Pro Santé Connect proves, by its `authMode`. It writes `acr=eidas1` whatever was used, which is checked and not
 * believed as a level.
 */
export const PSC_PROOFS = {
  MOBILE: { acr: 'eidas2', amr: ['swk', 'pin', 'mfa'] },
  CARD: { acr: 'eidas3', amr: CARD_AMR },
  /** It does not say, or something new. */
  unknown: { acr: 'eidas2', amr: ['mfa'] },
} as const satisfies Record<string, { readonly acr: Acr; readonly amr: readonly string[] }>;

/** Levels of its own that it may name; none at all means `eidas1`. */
export const PSC_ACR = ['eidas1', 'eidas2', 'eidas3'] as const;

export const MODES: readonly ModeRow[] = [
  {
    id: 'cps',
    acr: 'eidas3',
    amr: CARD_AMR,
    opensSignUp: true,
    completesPassword: false,
    outsideRie: { v1: false, v2: false },
  },
  {
    id: 'code-ephemere',
    acr: 'eidas2',
    amr: ['pwd', 'otp', 'mfa'],
    opensSignUp: false,
    completesPassword: true,
    // A "MIE de transition": tolerated by v1 until 31/12/2025, needs an attestation of conformity in v2.
    outsideRie: { v1: true, v2: true },
  },
  {
    id: 'compte-local',
    acr: 'eidas2',
    amr: ['pwd'],
    opensSignUp: false,
    completesPassword: false,
    outsideRie: { v1: true, v2: true },
  },
  {
    id: 'monsisra',
    acr: 'eidas2',
    amr: ['swk', 'user'],
    opensSignUp: false,
    completesPassword: false,
    outsideRie: { v1: true, v2: true },
  },
  {
    id: 'psc',
    acr: 'eidas3',
    amr: ['swk', 'pin', 'mfa'],
    opensSignUp: true,
    completesPassword: false,
    outsideRie: { v1: false, v2: false },
  },
  {
    id: 'login-mdp',
    acr: 'eidas1',
    amr: ['pwd'],
    opensSignUp: false,
    completesPassword: false,
    // EXI 25 of v1: a password alone is for local access only; a forbidden reservation in v2 (RIE-PS 17).
    outsideRie: { v1: true, v2: true },
  },
  {
    id: 'cle-acces',
    acr: 'eidas2',
    amr: ['user', 'mfa'],
    opensSignUp: false,
    completesPassword: true,
    outsideRie: { v1: true, v2: true },
  },
];
