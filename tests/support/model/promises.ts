/** What holds after every step, whoever did what. */
export const PROMISES = {
  'no more than proved': 'No token is above what its holder ever proved, and still may.',
  'no more than their kind': 'Nobody hostile gets more than the table of intruders says.',
  'taken back is taken back': 'What was proved before the account was taken back opens nothing.',
  'nothing of the intruder': 'Nothing of the intruder lives after "as it was at that moment".',
  'the known browser gets in': 'The owner’s known browser always gets in with the right means, whatever strangers did.',
  "the administrator's word": 'What an administrator closed, nobody below opens.',
  'their own account': 'Nobody gets into the other person’s account.',
  'their own name': 'Name, profession and national number of an account are never somebody else’s.',
  'guesses are few': 'At most 25 guesses a day are compared for one account.',
  'nobody vouches for a mail': 'A mail counts as verified only once a code came back from it.',
} as const;
export type PromiseName = keyof typeof PROMISES;

/** A promise that the service broke. */
export class Broken extends Error {
  override readonly name = 'Broken';
  readonly promise: PromiseName;
  constructor(promise: PromiseName, how: string) {
    super(`${promise}: ${how}`);
    this.promise = promise;
  }
}

export function holds(promise: PromiseName, so: boolean, how: () => string): void {
  if (!so) throw new Broken(promise, how());
}
