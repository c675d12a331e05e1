/** Scopes and the claims each gives. `sub`, `acr`, `amr`, `auth_time`, `sid`, `mire_mode` are in every ID token. */
export const CLAIMS: Record<string, readonly string[]> = {
  openid: ['sub', 'acr', 'amr', 'auth_time', 'sid', 'mire_mode'],
  profile: [
    'name',
    'family_name',
    'given_name',
    'middle_name',
    'nickname',
    'preferred_username',
    'profile',
    'picture',
    'website',
    'gender',
    'birthdate',
    'zoneinfo',
    'locale',
    'updated_at',
  ],
  email: ['email', 'email_verified'],
  phone: ['phone_number', 'phone_number_verified'],
  address: ['address'],
  identite_ps: ['national_id', 'title', 'profession', 'specialty', 'identity_sources'],
  structure: ['structure'],
  // Pro Santé Connect's own names, so that an application written for it works here unchanged.
  scope_all: ['SubjectNameID', 'SubjectRefPro', 'SubjectRole', 'PSI_Locale', 'Secteur_Activite', 'UITVersion'],
};

export const SCOPES = ['openid', 'offline_access', ...Object.keys(CLAIMS).filter((scope) => scope !== 'openid')];
