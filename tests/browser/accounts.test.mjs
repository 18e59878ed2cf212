// Office accounts as they are by default, with a second factor: signing in, the own account, those of an organisation.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { SCREENS, code, invalid, isFine, newPage, served, signIn, startBrowser, startCandour } from "./support.mjs";

let candour;
let browser;
before(async () => {
  candour = await startCandour({ people: 2 });
  browser = await startBrowser();
});
after(async () => {
  await browser?.close();
  candour?.stop();
});

const submit = (page) => page.locator("main form button").first().click();

for (const [name, viewport] of Object.entries(SCREENS)) {
  test(`a second factor is set up and asked for, and the account is looked after: ${name}`, async () => {
    const email = `admin.${name}@example.org`;
    await candour.newAccount(email, "organisation_administrator", "--organisation", "ZZ9");
    const page = await newPage(browser, candour.base, { viewport });
    const context = page.context();
    await page.goto(`${candour.base}/office/forgotten-password`);
    await isFine(page, /Forgotten password/);
    await page.locator('input[name="email"]').fill("nobody@example.org");
    await submit(page);
    await isFine(page, /Look into your mailbox/);

    await candour.restart({ secondFactor: "required" });
    await signIn(page, candour.base, email);
    await isFine(page, /Set up your second factor/);
    const key = await page.locator(".candour-key").textContent();
    await page.locator('input[name="code"]').fill("000000");
    await submit(page);
    await isFine(page, /Set up your second factor/);
    assert.match(await page.title(), /^Error: /);
    await page.locator('input[name="code"]').fill(code(key));
    await submit(page);
    await isFine(page, /Your recovery codes/);
    assert.equal(await page.locator("main li code").count(), 10);
    await page.getByRole("button", { name: "I have kept them" }).click();
    await isFine(page, /Surveys/);

    await context.clearCookies();
    await signIn(page, candour.base, email);
    await isFine(page, /Enter your code/);
    await page.locator('input[name="code"]').fill("000000");
    await submit(page);
    await isFine(page, /Enter your code/);
    await page.locator('input[name="code"]').fill(code(key, 1));
    await submit(page);
    await isFine(page, /Surveys/);

    await page.getByRole("link", { name: "Your account" }).click();
    await isFine(page, /Your account/);
    for (const [path, heading] of [["password", /Change your password/], ["second-factor", /Set up a second factor/], ["recovery-codes", /New recovery codes/]]) {
      await page.goto(`${candour.base}/office/account/${path}`);
      await isFine(page, heading);
      await page.locator('input[type="password"]').first().fill("not the password");
      await submit(page);
      assert.match(await page.title(), /^Error: /);
      await isFine(page, heading);
    }

    await page.goto(`${candour.base}/office/accounts`);
    await isFine(page, /Accounts/);
    await page.locator("#email").fill("no address");
    await submit(page);
    await isFine(page, /Accounts/);
    await page.locator("#email").fill(`viewer.${name}@example.org`);
    await page.locator("#role").selectOption("viewer");
    await submit(page);
    await page.locator("summary", { hasText: `viewer.${name}@example.org` }).click();
    await isFine(page, /Accounts/);
    await page.goto(`${candour.base}/office/audit-log`);
    await isFine(page, /Audit log/);
    assert.match(await page.locator("main").textContent(), /account created/);
    assert.doesNotMatch(await page.locator("main table").textContent(), /@/);
    await page.locator("#kind").selectOption("account_created");
    await page.getByRole("button", { name: "Show" }).click();
    await isFine(page, /Audit log/);
    const kinds = await page.locator("main tbody tr td:nth-child(3)").allTextContents();
    assert.deepEqual(new Set(kinds.map((kind) => kind.trim())), new Set(["account created"]));
    assert.equal(await page.locator("#kind").inputValue(), "account_created", "what was asked for is still chosen");
    await context.close();
  });
}

test("the HTML of each page is valid", () => {
  assert.ok(served.size > 30, `${served.size}`);
  assert.deepEqual(invalid(served), []);
});
