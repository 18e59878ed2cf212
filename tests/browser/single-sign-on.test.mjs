// "Sign in with your trust" at an OpenID provider that others wrote, from its set-up on the office's page to its end.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Provider } from "oidc-provider";
import { SCREENS, freePort, invalid, isFine, newPage, served, signedIn, startBrowser, startCandour } from "./support.mjs";

const CLIENT = { id: "candour", secret: "a-secret-between-the-trust-and-Candour" };
let candour;
let browser;
let provider;
let issuer;

before(async () => {
  candour = await startCandour({ people: 2, settings: { CANDOUR__WEBHOOKS__ALLOW_LOCAL: "true" } });
  browser = await startBrowser();
  issuer = `http://127.0.0.1:${await freePort()}`;
  const oidc = new Provider(issuer, {
    clients: [
      {
        client_id: CLIENT.id,
        client_secret: CLIENT.secret,
        redirect_uris: [`${candour.base}/office/sign-in/trust/ZZ9`],
      },
    ],
    claims: { openid: ["sub"], email: ["email", "email_verified"] },
    conformIdTokenClaims: false, // the address is in the ID token, as Entra, Keycloak and ADFS give it
    pkce: { required: () => true },
    findAccount: (_, id) => ({ accountId: id, claims: () => ({ sub: id, email: `${id}@example.org`, email_verified: true }) }),
  });
  provider = oidc.listen(new URL(issuer).port, "127.0.0.1");
  provider.unref();
});
after(async () => {
  await browser?.close();
  provider?.closeAllConnections();
  provider?.close();
  candour?.stop();
});

/** From our sign-in page to the provider's, as `person`, and back. */
async function signIn(page, person) {
  await page.goto(`${candour.base}/office/sign-in`);
  await page.getByRole("link", { name: /your trust/ }).click();
  await isFine(page, /Sign in with your trust/);
  await page.getByLabel("Code of your trust").fill("zz9");
  await page.getByRole("button", { name: "Continue" }).click();
  await page.waitForURL(`${issuer}/interaction/**`);
  await page.locator('input[name="login"]').fill(person);
  await page.locator('input[name="password"]').fill("any");
  await page.locator('button[type="submit"]').click();
  await page.locator('button[type="submit"]').click(); // consent
  await page.waitForURL(`${candour.base}/office**`);
}

for (const [name, viewport] of Object.entries(SCREENS)) {
  test(`a trust's own sign-in is set up, used and taken away: ${name}`, async () => {
    const email = `administrator.${name}@example.org`;
    await candour.newAccount(email, "organisation_administrator", "--organisation", "ZZ9");
    await candour.newAccount(`lead.${name}@example.org`, "hr_lead", "--organisation", "ZZ9");
    const office = await signedIn(browser, candour.base, email, { viewport });
    await office.goto(`${candour.base}/office/account`);
    await office.getByRole("link", { name: "Sign-in with your trust" }).click();
    await isFine(office, /Sign-in with your trust/);
    assert.match(await office.locator("main").innerText(), /\/office\/sign-in\/trust\/ZZ9/);
    await office.getByLabel("Address of the provider").fill(issuer);
    await office.getByLabel("Client ID").fill(CLIENT.id);
    await office.getByRole("button", { name: "Save" }).click();
    await isFine(office, /Sign-in with your trust/);
    assert.match(await office.title(), /^Error: /);
    await office.getByLabel("Client secret").fill(CLIENT.secret);
    await office.getByRole("button", { name: "Save" }).click();
    await isFine(office, /Sign-in with your trust/);
    assert.match(await office.locator("main").innerText(), /It is set up/);

    const lead = await newPage(browser, candour.base, { viewport });
    await signIn(lead, `lead.${name}`);
    assert.match(await lead.locator("h1").textContent(), /Wickering Hospitals/);
    await lead.goto(`${candour.base}/office/account`);
    assert.match(await lead.locator("main").innerText(), new RegExp(`lead\\.${name}@example\\.org`));

    const stranger = await newPage(browser, candour.base, { viewport });
    await signIn(stranger, `nobody.${name}`);
    await isFine(stranger, /You are not signed in/);
    assert.match(await stranger.locator("main").innerText(), /no account here/);
    await stranger.goto(`${candour.base}/office/sign-in/trust/ZZ9?code=made-up&state=made-up`);
    await isFine(stranger, /You are not signed in/);

    await office.locator("summary").click();
    await office.getByRole("button", { name: "Take it away" }).click();
    assert.match(await office.locator("main").innerText(), /It is not set up/);
    const late = await newPage(browser, candour.base, { viewport });
    await late.goto(`${candour.base}/office/sign-in/trust?organisation=ZZ9`);
    await late.getByRole("button", { name: "Continue" }).click();
    await isFine(late, /Sign in with your trust/);
    assert.match(await late.locator("main").innerText(), /No organisation with this code signs in in this way/);
    for (const page of [office, lead, stranger, late]) await page.context().close();
  });
}

test("the HTML of each page is valid", () => {
  assert.ok(served.size > 10);
  assert.deepEqual(invalid(served), []);
});
