import { texts as account } from './account/texts.ts';
import { texts as captcha } from './captcha/texts.ts';
import { texts as card } from './card/texts.ts';
import { texts as chooser } from './chooser/texts.ts';
import { texts as code } from './code/texts.ts';
import { texts as consent } from './consent/texts.ts';
import { texts as device } from './device/texts.ts';
import { texts as diagnostic } from './diagnostic/texts.ts';
import { texts as error } from './error/texts.ts';
import { texts as articles } from './home/article-texts.ts';
import { texts as home } from './home/texts.ts';
import { texts as integrators } from './integrators/texts.ts';
import { texts as invitation } from './invitation/texts.ts';
import type { Texts } from './layout/texts.ts';
import { texts as logout } from './logout/texts.ts';
import { texts as mail } from './mail/texts.ts';
import { texts as modes } from './modes/texts.ts';
import { texts as passkeys } from './passkeys/texts.ts';
import { texts as password } from './password/texts.ts';
import { texts as recovery } from './recovery/texts.ts';
import { codeTexts as signUpCodes } from './signup/code-texts.ts';
import { texts as signUp } from './signup/texts.ts';
import { texts as support } from './support/texts.ts';
import { texts as switchAccount } from './switch/texts.ts';
import { texts as terms } from './terms/texts.ts';

/** The texts of every screen; those of the modes come with the modes. */
export const SCREENS: readonly Texts[] = [
  captcha,
  account,
  card,
  chooser,
  code,
  consent,
  device,
  diagnostic,
  error,
  articles,
  home,
  integrators,
  invitation,
  logout,
  mail,
  modes,
  passkeys,
  recovery,
  password,
  signUp,
  signUpCodes,
  switchAccount,
  support,
  terms,
];
