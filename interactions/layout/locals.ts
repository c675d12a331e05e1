import type { Assets } from '../assets/assets.ts';
import type { Lang } from './lang.ts';
import type { Translate } from './texts.ts';

/** What `page.pug` needs; every page receives it. */
export interface PageLocals {
  readonly t: Translate;
  readonly lang: Lang;
  readonly otherLang: { readonly lang: Lang; readonly href: string; readonly label: string };
  readonly platform: string;
  readonly sandbox: boolean;
  readonly supportUrl: string;
  /** Our own address: the page may have been asked for at another one. */
  readonly issuer: string;
  /** Such as K7Q2-9XMP; shown with an error and at the foot of an error page. */
  readonly supportCode?: string;
  readonly assets: Omit<Assets, 'middleware'>;
  /** The step, without the platform's name nor "Erreur :", which the page adds. */
  readonly title: string;
}

/** What a form needs. The chooser takes `errors` and `failure` too: its title says "Erreur :" first. */
export interface FormLocals {
  readonly action: string;
  readonly csrf: string;
  readonly values?: Readonly<Record<string, string>>;
  readonly errors?: readonly { readonly field: string; readonly text: string }[];
  readonly failure?: { readonly text: string; readonly advice?: string };
}

/** The way out of an interaction: back to the application with `access_denied`, or to another mode. */
export interface LeaveLocals {
  readonly csrf: string;
  readonly abortAction: string;
  readonly otherModesHref?: string;
}

export interface Tab {
  readonly id: string;
  readonly label: string;
  readonly description: string;
  readonly href: string;
  readonly state: 'open' | 'offered' | 'refused';
  /** What it stands on does not answer at the moment. */
  readonly away?: boolean;
  /** Why it is refused, in the person's words. */
  readonly why?: string;
}

export interface ChooserLocals extends PageLocals, LeaveLocals, Pick<FormLocals, 'errors' | 'failure'> {
  readonly application: string;
  /** The application's own pages, where it has them. */
  readonly policyHref?: string;
  readonly termsHref?: string;
  readonly tabs: readonly Tab[];
  /** The open mode's fragment, rendered before. */
  readonly panelHtml: string;
  /** Past the first form of a mode: the panel comes first, the other modes after. */
  readonly underWay?: boolean;
  readonly stepUp?: {
    /** Who is signed in, or has only given a password so far. */
    readonly title: string;
    readonly name: string;
    /** Why this application asks for more. */
    readonly reason?: string;
    readonly onlyMissing: boolean;
    /** Where to POST to go on with the session as it is. */
    readonly keepAction?: string;
    /** Where somebody else signs in. */
    readonly otherHref?: string;
  };
}
