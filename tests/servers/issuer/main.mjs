// A real issuer of access tokens: the certified oidc-provider, on free ports of this machine.
//
// node main.mjs GIVEN.json   with {jwks, algorithm, audience, scopes, clients, claims, tls: {key, cert, ca}}
//
// Says `READY HTTP HTTPS`. A line of standard input is a new private key set, from which on tokens are signed; the end
// of standard input is the end of the issuer.
import { readFileSync } from 'node:fs';
import http from 'node:http';
import https from 'node:https';
import readline from 'node:readline';
import Provider from 'oidc-provider';

console.info = console.error;  // where the library tells of its defaults
const given = JSON.parse(readFileSync(process.argv[2], 'utf8'));
let answering;

function provider(issuer, jwks) {
  return new Provider(issuer, {
    jwks,
    clients: given.clients,
    clientDefaults: {
      grant_types: ['client_credentials'],
      redirect_uris: [],
      response_types: [],
      token_endpoint_auth_method: 'client_secret_post',
      id_token_signed_response_alg: given.algorithm,
    },
    scopes: ['openid', ...given.scopes],
    clientAuthMethods: ['client_secret_post', 'private_key_jwt', 'none'],
    features: {
      devInteractions: { enabled: false },
      clientCredentials: { enabled: true },
      mTLS: {
        enabled: true,
        certificateBoundAccessTokens: true,
        getCertificate: (ctx) => ctx.socket.getPeerX509Certificate?.(),
      },
      resourceIndicators: {
        enabled: true,
        defaultResource: () => given.audience,
        useGrantedResource: () => true,
        getResourceServerInfo: (ctx, resource) => ({
          scope: given.scopes.join(' '),
          audience: resource,
          accessTokenTTL: 300,
          accessTokenFormat: 'jwt',
          jwt: { sign: { alg: given.algorithm } },
        }),
      },
    },
    extraTokenClaims: (ctx, token) => given.claims[token.clientId],
  }).callback();
}

const plain = http.createServer((request, response) => answering(request, response));
const read = (name) => readFileSync(given.tls[name]);
const secure = https.createServer(
  { key: read('key'), cert: read('cert'), ca: read('ca'), requestCert: true, rejectUnauthorized: false },
  (request, response) => answering(request, response),
);
plain.listen(0, '127.0.0.1', () => {
  const issuer = `http://127.0.0.1:${plain.address().port}`;
  answering = provider(issuer, given.jwks);
  secure.listen(0, '127.0.0.1', () => {
    console.log(`READY ${issuer} https://127.0.0.1:${secure.address().port}`);
  });
  readline.createInterface({ input: process.stdin }).on('line', (line) => {
    answering = provider(issuer, JSON.parse(line));
    console.log('ROTATED');
  }).on('close', () => process.exit(0));
});
