// A real OpenID Connect provider on a free port: node provider.mjs CLIENT SECRET REDIRECT. Everybody who comes is "rosa" at once.
import { createServer } from 'node:http';
import { Provider } from 'oidc-provider';

const [client, secret, redirect] = process.argv.slice(2);
const server = createServer();
server.listen(0, '127.0.0.1', () => {
  const issuer = `http://127.0.0.1:${server.address().port}`;
  const provider = new Provider(issuer, {
    clients: [{ client_id: client, client_secret: secret, redirect_uris: [redirect], response_types: ['code'], grant_types: ['authorization_code'] }],
    conformIdTokenClaims: false,
    claims: { openid: ['sub', 'amr'], profile: ['preferred_username', 'groups'] },
    pkce: { required: () => true },
    cookies: { keys: ['only-for-tests'] },
    features: { devInteractions: { enabled: false } },
    interactions: { url: (_, interaction) => `/interaction/${interaction.uid}` },
    async findAccount(_, id) {
      return { accountId: id, claims: async () => ({ sub: id, preferred_username: 'rosa.lopez', groups: ['signals', 'city-hall'] }) };
    },
    async loadExistingGrant(context) {
      const grant = new provider.Grant({ clientId: context.oidc.client.clientId, accountId: context.oidc.session.accountId });
      grant.addOIDCScope('openid profile');
      await grant.save();
      return grant;
    },
  });
  const answer = provider.callback();
  server.on('request', async (request, response) => {
    if (request.url.startsWith('/interaction/')) {
      await provider.interactionFinished(request, response, { login: { accountId: 'account-17', amr: ['pwd', 'otp'] } });
    } else {
      answer(request, response);
    }
  });
  console.log(`issuer ${issuer}`);
});
