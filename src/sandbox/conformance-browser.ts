/** A step of the suite's browser: HtmlUnit, in English, hardly any JavaScript. */
export type Command = readonly (string | number)[];

export interface Task {
  readonly task: string;
  readonly match: string;
  readonly optional?: true;
  readonly commands?: readonly Command[];
}

export interface Block {
  readonly match: string;
  readonly tasks: readonly Task[];
}

interface Person {
  readonly login: string;
  readonly password: string;
}

const SHOWN = 'update-image-placeholder';
const SHOWN_IF_ASKED = 'update-image-placeholder-optional';
/** Waits for what CSS finds, and keeps a picture of the page. */
const picture = (css: string, how: string): Command => ['wait', 'css', css, 10, '.*', how];
const SUBMIT = '.login-submit';

/** How the suite goes through our real pages. What it looks for is an interface: tests/http/conformance/conformance-browser.test.ts. */
export function browserSteps(issuer: string, { login, password }: Person) {
  const at = (path: string) => `${issuer}${path}*`;
  const fill: Command[] = [
    ['text', 'name', 'login', login, 'optional'],
    ['text', 'name', 'password', password, 'optional'],
    ['click', 'css', SUBMIT],
  ];
  const complete: Task = {
    task: 'Back at the suite',
    match: '*/test/*/callback*',
    commands: [['wait', 'id', 'submission_complete', 10]],
  };
  const signIn = (before: readonly Command[] = []): Task => ({
    task: 'Sign in',
    optional: true,
    match: at('/interaction'),
    commands: [...before, ...fill],
  });
  const consent: Task = {
    task: 'Allow',
    optional: true,
    match: at('/interaction'),
    commands: [['click', 'css', SUBMIT]],
  };
  const authorize = (...tasks: Task[]): Block => ({ match: at('/authorize'), tasks });
  const logout = (...tasks: Task[]): Block => ({ match: at('/logout'), tasks });
  const leave: Task = {
    task: 'Sign out',
    optional: true,
    match: at('/logout'),
    commands: [['click', 'css', 'button[name=logout]', 'optional']],
  };

  return {
    normal: [
      authorize(signIn(), consent, complete),
      logout(leave, { task: 'Back at the suite', match: '*/test/*/post*' }),
    ],
    /** The second sign-in is asked for, and pictured. */
    again: [authorize(signIn([picture(SUBMIT, SHOWN_IF_ASKED)]), consent, complete)],
    /** The sign-in page is all that is wanted. */
    signInPage: [
      authorize(
        { task: 'The sign-in page', match: at('/interaction'), commands: [picture(SUBMIT, SHOWN), ...fill] },
        consent,
        complete,
      ),
    ],
    /** A page of ours, not a redirect. */
    errorPage: [
      authorize({ task: 'The error page', match: at('/authorize'), commands: [picture('.card-error', SHOWN)] }),
    ],
    refusal: [
      authorize(
        { task: 'Refuse', match: at('/interaction'), commands: [['click', 'css', 'form[action$="/abort"] button']] },
        complete,
      ),
    ],
    logoutError: [
      authorize(signIn(), consent, complete),
      logout({ task: 'The error page', match: at('/logout'), commands: [picture('.card-error', SHOWN)] }),
    ],
    signedOut: [
      authorize(signIn(), consent, complete),
      logout(leave, { task: 'The signed-out page', match: at('/logout'), commands: [picture('.card h1', SHOWN)] }),
    ],
    nothing: [authorize({ task: 'Nothing', match: at('/authorize'), commands: [] })],
  } satisfies Record<string, readonly Block[]>;
}
