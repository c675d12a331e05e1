import { expect, test } from '@jest/globals';
import { createOcspAsker } from '../../adapters/card/ocsp.ts';
import { createLog } from '../../src/log.ts';
import { SIGNATURE } from '../../src/sandbox/card-certificates.ts';
import { cardOf, DAY, derOf, verifierOf } from '../support/cards/card-authorities.ts';
import {
  ask,
  between,
  directoryOf,
  good,
  NO_CERTIFICATES,
  OCSP_SIGNING,
  openOcspGround,
  ours,
  preparedAnswer,
  responder,
  responderCertificate,
  revoked,
  SHA1,
  serve,
  strangers,
  UNAUTHORIZED,
  unlisted,
} from '../support/cards/ocsp-ground.ts';
import { rsaAuthority } from '../support/cards/rsa-authority.ts';
import { describeWith } from '../support/jest/services.ts';

openOcspGround();

describeWith('openssl', 'asking a real OCSP responder', () => {
  test.each([
    ['the authority itself', () => ours.persons, undefined],
    ['the authority, whose certificate does not come along', () => ours.persons, NO_CERTIFICATES],
    ['a delegate of the authority', () => responderCertificate(ours.persons), undefined],
    ['the authority, with SHA-512', () => ours.persons, ['-ndays', '1', '-rmd', 'sha512']],
  ])('signed by %s: a good, a revoked and an unknown card are told apart', async (_, signer, options) => {
    const address = await responder({ signer: await signer(), ...(options ? { options } : {}) });
    expect(await ask(address, good)).toBe('good');
    expect(await ask(address, revoked)).toBe('revoked');
    expect(await ask(address, unlisted)).toBe('unknown');
  });

  test('an RSA authority with accents in its name, as the national ones may be, is understood', async () => {
    const { authority, card } = rsaAuthority((await directoryOf()).path);
    const address = await responder({ authority, signer: authority, good: [card], revoked: [] });
    expect(await ask(address, card, { issuer: authority })).toBe('good');
  });

  test.each([
    ['another authority of the same name', () => strangers.persons],
    ['a delegate of another authority of the same name', () => responderCertificate(strangers.persons)],
    ['a delegate of the root, which is not the one that issued the card', () => responderCertificate(ours.anchor)],
    ['a certificate of the authority that is not for OCSP', () => cardOf(ours)],
    [
      'a delegate whose key is not for signatures',
      () => responderCertificate(ours.persons, { ...OCSP_SIGNING, keyUsage: SIGNATURE.keyUsage }),
    ],
    [
      'a delegate past its date',
      () => responderCertificate(ours.persons, OCSP_SIGNING, { notAfter: new Date(Date.now() - 1000) }),
    ],
    [
      'a delegate before its date',
      () => responderCertificate(ours.persons, OCSP_SIGNING, { notBefore: new Date(Date.now() + DAY) }),
    ],
  ])('what %s signs is not believed, whatever it says', async (_, signer) => {
    const address = await responder({ signer: await signer() });
    expect(await ask(address, good)).toBe('unknown');
    expect(await ask(address, revoked)).toBe('unknown');
  });

  test('an answer signed with SHA-1 is not believed', async () => {
    expect(await ask(await responder({ options: ['-ndays', '1', '-rmd', 'sha1'] }), good)).toBe('unknown');
  });

  test('an answer past its nextUpdate, or from the future, is not believed beyond five minutes', async () => {
    const address = await responder({ options: ['-nmin', '60'] });
    const minutes = 60_000;
    expect(await ask(address, good, { later: 64 * minutes })).toBe('good');
    expect(await ask(address, good, { later: 66 * minutes })).toBe('unknown');
    expect(await ask(address, good, { later: -4 * minutes })).toBe('good');
    expect(await ask(address, good, { later: -6 * minutes })).toBe('unknown');
  });

  test('an answer that does not say until when it holds is believed for five minutes', async () => {
    const address = await responder({ options: [] });
    expect(await ask(address, good, { later: 4 * 60_000 })).toBe('good');
    expect(await ask(address, good, { later: 6 * 60_000 })).toBe('unknown');
  });

  test('the answer to an earlier question, served again, is not believed', async () => {
    let first: Buffer | undefined;
    const address = await between(await responder(), (answer) => {
      first ??= answer;
      return first;
    });
    expect(await ask(address, good)).toBe('good');
    expect(await ask(address, good)).toBe('unknown');
  });

  test('an answer that the responder signed before it was asked, without a nonce, is believed while it is in date', async () => {
    const real = await responder();
    const prepared = await preparedAnswer(real);
    const address = await serve((_, response) => void response.end(prepared));
    expect(await ask(address, good)).toBe('good');
    expect(await ask(address, good, { later: DAY + 6 * 60_000 })).toBe('unknown');
  });

  test('the answer on another card is not believed', async () => {
    const real = await responder();
    const prepared = await preparedAnswer(real);
    const address = await serve((_, response) => void response.end(prepared));
    expect(await ask(address, revoked)).toBe('unknown');
  });

  test('a responder that only finds the authority by SHA-256 is asked again so', async () => {
    const real = await responder();
    const questions: Buffer[] = [];
    const address = await between(real, (answer, question) => {
      questions.push(question);
      return question.includes(SHA1) ? UNAUTHORIZED : answer;
    });
    expect(await ask(address, good)).toBe('good');
    expect(await ask(address, revoked)).toBe('revoked');
    expect(questions).toHaveLength(4);
  });

  test('with its responder alone, a good card is accepted and a revoked one refused', async () => {
    const log = createLog('silent');
    const ocsp = createOcspAsker({ address: await responder(), clock: () => new Date(), log });
    const verifier = await verifierOf(ours, { ocsp, published: ['anchor'] });
    if (!good || !revoked || !unlisted) throw new Error('no cards');
    expect(await verifier.verify(derOf(good))).toMatchObject({ ok: true, degraded: false });
    expect(await verifier.verify(derOf(revoked))).toMatchObject({ ok: false, refusal: 'revoked' });
    expect(await verifier.verify(derOf(unlisted))).toMatchObject({ ok: false, refusal: 'revocation-unknown' });
  });
});
