/** The time; given to whoever needs it, so that a test can move it. */
export type Clock = () => Date;
