// A provider of OpenID Connect on loopback: people without passwords, told apart by the address
// that the test visits or by a button. Prints its issuer once it listens; ends with its stdin.
import { createServer } from 'node:http';
import Provider from 'oidc-provider';

const PEOPLE = {
  wang5: { name: 'Wang Wu', preferred_username: 'wang5', groups: ['auditors', 'staff'] },
  zhao6: { name: 'Zhao Liu', preferred_username: 'zhao6', groups: ['staff'] },
  other: { name: 'Another Wang', preferred_username: 'wang5', groups: ['auditors'] },
  nameless: { name: 'Nobody', groups: ['auditors'] },
};

const callback = process.argv[2];
const server = createServer();
server.listen(0, '127.0.0.1', () => {
  const issuer = `http://127.0.0.1:${server.address().port}`;
  const provider = new Provider(issuer, {
    clients: [{ client_id: 'annals', client_secret: 'the-client-secret', redirect_uris: [callback] }],
    claims: { openid: ['sub'], profile: ['name', 'preferred_username', 'groups'] },
    conformIdTokenClaims: false,
    cookies: { keys: ['loopback only'] },
    features: { devInteractions: { enabled: false } },
    findAccount: (_, sub) => ({ accountId: sub, claims: () => ({ sub, ...PEOPLE[sub] }) }),
    interactions: { url: (_, interaction) => `/interaction/${interaction.uid}` },
    // Everybody has agreed to everything.
    loadExistingGrant: async (ctx) => {
      const { Grant } = ctx.oidc.provider;
      const grant = new Grant({
        accountId: ctx.oidc.session.accountId,
        clientId: ctx.oidc.client.clientId,
      });
      grant.addOIDCScope('openid profile');
      await grant.save();
      return grant;
    },
    pkce: { required: () => true },
  });
  const answer = provider.callback();
  server.on('request', (request, response) => {
    const url = new URL(request.url, issuer);
    if (!url.pathname.startsWith('/interaction/')) return answer(request, response);
    if (!url.searchParams.has('as')) {
      const people = Object.keys(PEOPLE).map((as) => `<button name="as" value="${as}">${as}</button>`);
      response.setHeader('content-type', 'text/html');
      return response.end(`<!doctype html><title>Corp</title><link rel=icon href=data:,><form>${people.join('')}</form>`);
    }
    const login = { accountId: url.searchParams.get('as') };
    return provider.interactionFinished(request, response, { login });
  });
  console.log(issuer);
});
process.stdin.on('end', () => process.exit(0)).resume();
