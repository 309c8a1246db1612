// Signing in by others in a real browser: a provider of OpenID Connect, and a directory (slapd). The
// refusals are the server's own tests (`crates/server/tests`); here it is the way of a person.

import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { expect, test } from "./annals";
import type { House } from "./house";
import { serve } from "./program";

const PROVIDER = fileURLToPath(new URL("../../crates/server/tests/oidc", import.meta.url));
const SLAPD_MS_MAX = 30_000;

test.use({ person: null });

/** A port of loopback that was free a moment ago. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  return typeof address === "object" && address ? address.port : 0;
}

test.describe("by a provider", () => {
  test.use({
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads what is wanted from the pattern
    house: async ({}, use) => {
      const folder = mkdtempSync(join(tmpdir(), "annals-oidc-"));
      // The provider must know where the server will be, and the server where the provider is.
      const listen = `127.0.0.1:${await freePort()}`;
      const callback = `http://${listen}/v1/auth/oidc/corp/callback`;
      const provider = spawn("node", ["provider.mjs", callback], { cwd: PROVIDER });
      const lines = createInterface({ input: provider.stdout });
      const [issuer] = (await once(lines, "line")) as [string];
      const secret = join(folder, "secret");
      writeFileSync(secret, "the-client-secret\n");
      const corp = `id = "corp", name = "Corp", issuer = "${issuer}", client_id = "annals"`;
      const roles = `[{ group = "auditors", role = "auditor" }]`;
      const env = {
        ANNALS_OIDC: `[{ ${corp}, client_secret_file = "${secret}", roles = ${roles} }]`,
        ANNALS_ACCOUNTS_EXTERNAL_URL: `http://${listen}`,
      };
      const server = await serve(join(folder, "data"), env, listen);
      await use({ url: server.url, portal: issuer } as House);
      await server.stop();
      provider.stdin.end();
      rmSync(folder, { recursive: true, force: true });
    },
  });

  test("a person signs in and comes to the page they wanted", async ({ page }) => {
    await page.goto("/ui/log?q=operation%3Asession.create");
    await page.getByRole("link", { name: /Corp/ }).click();
    await page.getByRole("button", { name: "wang5" }).click();
    await expect(page).toHaveURL(/\/ui\/log\?q=operation/);
    await expect(page.getByRole("row", { name: /wang5/ }).first()).toBeVisible();
    await page.goto("/ui/account");
    await expect(page.getByText("Wang Wu").first()).toBeVisible();
  });

  test.describe("that vouches for somebody without a role", () => {
    test("the form says why they are not let in", async ({ page }) => {
      await page.goto("/ui/sign-in");
      await page.getByRole("link", { name: /Corp/ }).click();
      await page.getByRole("button", { name: "zhao6" }).click();
      await expect(page.getByRole("alert")).toBeVisible();
      await expect(page).toHaveURL(/\/ui\/sign-in\?.*error=/);
    });
  });
});

const ENTRIES = `dn: dc=example
objectClass: domain
dc: example

dn: uid=wang5,dc=example
objectClass: inetOrgPerson
uid: wang5
cn: Wang Wu
sn: Wang
userPassword: password-of-wang5

dn: cn=auditors,dc=example
objectClass: groupOfNames
cn: auditors
member: uid=wang5,dc=example
`;

const configurationOf = (folder: string) => `include /etc/ldap/schema/core.schema
include /etc/ldap/schema/cosine.schema
include /etc/ldap/schema/inetorgperson.schema
moduleload /usr/lib/ldap/back_mdb
pidfile ${folder}/slapd.pid
TLSCACertificateFile ${folder}/ldap.pem
TLSCertificateFile ${folder}/ldap.pem
TLSCertificateKeyFile ${folder}/ldap.key
security tls=1
database mdb
suffix dc=example
directory ${folder}/db
rootdn cn=root,dc=example
rootpw the-search-password
access to attrs=userPassword by anonymous auth by * none
access to * by * none
`;

/** A certificate for localhost that vouches for itself. */
function certificate(folder: string): void {
  writeFileSync(join(folder, "req.cnf"), "[req]\ndistinguished_name = name\n[name]\n");
  const request = "req -config req.cnf -x509 -nodes -days 2 -subj /CN=localhost -out ldap.pem";
  const key = "-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -keyout ldap.key";
  const names = "-addext subjectAltName=DNS:localhost -addext basicConstraints=critical,CA:FALSE";
  execFileSync("openssl", `${request} ${key} ${names}`.split(" "), { cwd: folder, stdio: "pipe" });
}

/** Resolves when somebody listens there. */
async function listens(port: number): Promise<void> {
  const until = Date.now() + SLAPD_MS_MAX;
  while (Date.now() < until) {
    const socket = connect(port, "127.0.0.1");
    const isThere = await Promise.race([
      once(socket, "connect").then(() => true),
      once(socket, "close").then(() => false),
    ]).catch(() => false);
    socket.destroy();
    if (isThere) return;
  }
  throw new Error("slapd does not listen");
}

test.describe("by a directory", () => {
  test.use({
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads what is wanted from the pattern
    house: async ({}, use) => {
      const folder = mkdtempSync(join(tmpdir(), "annals-ldap-"));
      certificate(folder);
      mkdirSync(join(folder, "db"));
      const file = (name: string, text: string) => {
        writeFileSync(join(folder, name), text);
        return join(folder, name);
      };
      const configuration = file("slapd.conf", configurationOf(folder));
      const password = file("password", "the-search-password\n");
      const entries = file("entries.ldif", ENTRIES);
      execFileSync("/usr/sbin/slapadd", ["-f", configuration, "-l", entries], { stdio: "pipe" });
      const port = await freePort();
      const url = `ldaps://localhost:${port}`;
      const args = ["-d", "0", "-h", `ldaps://127.0.0.1:${port}`, "-f", configuration];
      const slapd = spawn("/usr/sbin/slapd", args, { stdio: "ignore" });
      await listens(port);
      const server = await serve(join(folder, "data"), {
        ANNALS_LDAP_URL: url,
        ANNALS_LDAP_CA: join(folder, "ldap.pem"),
        ANNALS_LDAP_BIND_DN: "cn=root,dc=example",
        ANNALS_LDAP_BIND_PASSWORD_FILE: password,
        ANNALS_LDAP_BASE: "dc=example",
        ANNALS_LDAP_GROUP_BASE: "dc=example",
        ANNALS_LDAP_ROLES: `[{ group = "cn=auditors,dc=example", role = "auditor" }]`,
      });
      await use({ url: server.url, portal: server.url } as House);
      await server.stop();
      slapd.kill();
      rmSync(folder, { recursive: true, force: true });
    },
    allowed: /status of 401/,
  });

  test("a person signs in with the directory's password", async ({ page }) => {
    await page.goto("/ui/sign-in");
    const enter = async (password: string) => {
      await page.getByLabel("Name", { exact: true }).fill("wang5");
      await page.getByLabel("Password", { exact: true }).fill(password);
      await page.keyboard.press("Enter");
    };
    await enter("wrong");
    await expect(page.getByRole("alert")).toContainText("wrong");
    await enter("password-of-wang5");
    await expect(page).toHaveURL(/\/ui\/log/);
    await page.goto("/ui/account");
    await expect(page.getByText("Wang Wu").first()).toBeVisible();
  });
});
