/** Whether a person, or at least somebody's patience, stands behind a form. */
export interface Captcha {
  readonly kind: 'altcha' | 'recaptcha';
  /** Names the widget to the other side, where there is one. */
  readonly siteKey?: string | undefined;
  /** Origins that its widget loads from, besides our own. */
  readonly origins: readonly string[];
  /** What the widget has to solve, as it expects it; only where the challenge is ours. */
  challenge?(): Promise<object>;
  /**
   * `absent`: nothing was sent, or the other side does not answer. It never closes a door by itself: whoever cannot solve
   * it, without JavaScript for instance, takes a slower road.
   */
  check(fields: Readonly<Record<string, unknown>>, address: string): Promise<'solved' | 'absent' | 'refused'>;
}

/** Seconds in which a challenge can be solved: as long as somebody may take over a form. */
export const CAPTCHA_LIFE = 30 * 60;
