/** Fixed from the first day: applications that hard-code them exist. */
export const ROUTES = {
  authorization: '/authorize',
  token: '/token',
  userinfo: '/userinfo',
  jwks: '/jwks',
  registration: '/register',
  end_session: '/logout',
  introspection: '/introspect',
  revocation: '/revoke',
  pushed_authorization_request: '/par',
  code_verification: '/device',
  device_authorization: '/device/authorization',
  backchannel_authentication: '/backchannel-authentication',
} as const;
