// Tokens as an identity provider would sign them, and as an attacker would forge them.
import { createHmac, generateKeyPairSync, sign as signBytes } from 'node:crypto';

export const SECRET = 'the secret of the outside tests, long enough for HS256';
const HOUR_S = 3600;

export const nowSeconds = () => Math.floor(Date.now() / 1000);
export const base64url = (value) => Buffer.from(value).toString('base64url');
const json = (value) => base64url(JSON.stringify(value));

/// The three parts, signed by `signer(bytes)`; `header` and `claims` are taken as they are.
export function assemble(header, claims, signer) {
  const signed = `${json(header)}.${json(claims)}`;
  return `${signed}.${signer(Buffer.from(signed)).toString('base64url')}`;
}

export const hs256 = (secret) => (bytes) => createHmac('sha256', secret).update(bytes).digest();

/// A good token for `sub`, valid for an hour unless `claims` says otherwise (undefined removes one).
export function tokenFor(sub, claims = {}, secret = SECRET) {
  const all = { sub, iat: nowSeconds(), exp: nowSeconds() + HOUR_S, ...claims };
  return assemble({ alg: 'HS256', typ: 'JWT' }, all, hs256(secret));
}

export const expiredToken = (sub) =>
  tokenFor(sub, { iat: nowSeconds() - 2 * HOUR_S, exp: nowSeconds() - HOUR_S });

const ALGORITHMS = {
  RS256: {
    pair: ['rsa', { modulusLength: 2048 }],
    sign: (key) => (b) => signBytes('sha256', b, key),
  },
  ES256: {
    pair: ['ec', { namedCurve: 'P-256' }],
    sign: (key) => (b) => signBytes('sha256', b, { key, dsaEncoding: 'ieee-p1363' }),
  },
  EdDSA: { pair: ['ed25519', {}], sign: (key) => (b) => signBytes(null, b, key) },
};
export const ASYMMETRIC = Object.keys(ALGORITHMS);

/// A key pair of `algorithm`: its public half as PEM, and a maker of tokens.
export function issuer(algorithm) {
  const { pair, sign } = ALGORITHMS[algorithm];
  const { publicKey, privateKey } = generateKeyPairSync(...pair);
  return {
    pem: publicKey.export({ type: 'spki', format: 'pem' }),
    tokenFor(sub, claims = {}, header = {}) {
      const all = { sub, exp: nowSeconds() + HOUR_S, ...claims };
      return assemble({ alg: algorithm, typ: 'JWT', ...header }, all, sign(privateKey));
    },
  };
}
