// The staff form for everyone: keyboard only, small screens, large text, light pages, valid HTML, in every state.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { invalid, startBrowser, startCandour, violations } from "./support.mjs";

let candour;
let browser;
/** HTML as it was served, by a name for its state. */
const served = new Map();
before(async () => {
  candour = await startCandour({ people: 14 });
  browser = await startBrowser();
});
after(async () => {
  await browser?.close();
  candour?.stop();
});

/** A page whose HTML is kept, and whose requests must stay with us. */
async function open(options = {}) {
  const context = await browser.newContext({ javaScriptEnabled: false, ...options });
  const page = await context.newPage();
  const foreign = [];
  page.on("request", (request) => {
    if (!request.url().startsWith(candour.base) && !request.url().startsWith("data:")) foreign.push(request.url());
  });
  page.on("response", async (response) => {
    if (response.request().resourceType() !== "document" || (response.status() >= 300 && response.status() < 400)) return;
    const state = response.url().replace(candour.base, "").replace(/\/s\/[A-Za-z0-9_-]{22}/, "/s/…");
    const html = await response.text().catch(() => null);
    if (html) served.set(`${response.request().method()} ${state} ${response.status()}`, html);
  });
  return { page, foreign, close: () => context.close() };
}

/** Says so when the page is wider than its window. */
async function cutOff(page) {
  const { content, width } = await page.locator("html").evaluate((html) => ({ content: html.scrollWidth, width: html.clientWidth }));
  return content > width ? [`${page.url()} is ${content} wide in a window of ${width}`] : [];
}

/** Presses Tab until the element has the focus. */
async function tabTo(page, selector) {
  for (let presses = 0; presses < 60; presses++) {
    if (await page.locator(`${selector}:focus`).count()) return;
    await page.keyboard.press("Tab");
  }
  assert.fail(`${selector} cannot be reached with the keyboard on ${page.url()}`);
}

test("the whole journey with the keyboard alone, in Welsh, at 320 pixels", async () => {
  const { page, foreign, close } = await open({ viewport: { width: 320, height: 640 } });
  const found = [];
  await page.goto(`${candour.base}/s/${candour.tokens[0]}?lang=cy`);
  await page.keyboard.press("Tab");
  assert.equal(await page.locator(".nhsuk-skip-link:focus").count(), 1, "the first stop is the skip link");
  await tabTo(page, "main a.nhsuk-button");
  await page.keyboard.press("Enter");
  await page.waitForURL(/\/question\//);
  let questions = 0;
  while (page.url().includes("/question/")) {
    assert.ok(++questions < 120, "the form does not end");
    assert.equal(await page.locator("html").getAttribute("lang"), "cy");
    assert.equal(await page.locator(".candour-exit").count(), 1);
    found.push(...(await cutOff(page)));
    const before = page.url();
    if (await page.locator("textarea").count()) {
      await tabTo(page, "textarea");
      await page.keyboard.type("Dim byd");
    } else {
      await tabTo(page, 'main :is(input[type="radio"], input[type="checkbox"])');
      await page.keyboard.press("Space");
    }
    await tabTo(page, "main form[novalidate] button:not([name])");
    await page.keyboard.press("Enter");
    await page.waitForURL((url) => url.href !== before);
  }
  assert.match(page.url(), /\/check/);
  found.push(...(await cutOff(page)), ...(await violations(page)));
  await tabTo(page, 'form[action*="/submit"] button');
  await page.keyboard.press("Enter");
  await page.locator(".candour-receipt").waitFor();
  const cookies = await page.context().cookies();
  assert.deepEqual(cookies.filter((cookie) => cookie.value), [], "a shared computer keeps nothing");
  const receipt = await page.locator(".candour-receipt").textContent();
  await tabTo(page, ".candour-header form button");
  await page.keyboard.press("Enter");
  await page.locator('html[lang="en"] .candour-receipt').waitFor();
  assert.equal(await page.locator(".candour-receipt").textContent(), receipt, "the confirmation is read in English, too");
  found.push(...(await cutOff(page)), ...(await violations(page)));
  assert.ok(questions >= 30);
  assert.deepEqual([...foreign, ...found], []);
  await close();
});

test("nothing is cut off at 200 % zoom, nor at 320 pixels on pages beside the form", async () => {
  const zoomed = await open({ viewport: { width: 640, height: 400 }, deviceScaleFactor: 2 });
  const small = await open({ viewport: { width: 320, height: 640 } });
  const found = [];
  const token = candour.tokens[1];
  const form = zoomed.page;
  await form.goto(`${candour.base}/s/${token}`);
  await form.locator("main a.nhsuk-button").first().click();
  for (let questions = 0; form.url().includes("/question/") && questions < 120; questions++) {
    found.push(...(await cutOff(form)));
    const choices = form.locator('input[type="radio"], input[type="checkbox"]');
    if (await choices.count()) await choices.first().check();
    else await form.locator("textarea").fill("A_very_long_word_".repeat(12));
    await form.locator("form[novalidate] button:not([name])").click();
    await form.waitForLoadState();
  }
  assert.match(form.url(), /\/check/);
  found.push(...(await cutOff(form)), ...(await violations(form)));
  for (const { page } of [zoomed, small]) {
    for (const path of [`/s/${token}`, "/about/anonymity", "/about/accessibility?lang=cy", "/receipt", "/code?lang=cy", `/s/${token}/no-more-e-mail`, "/s/unknown"]) {
      await page.goto(candour.base + path);
      found.push(...(await cutOff(page)));
    }
    found.push(...(await violations(page)));
  }
  assert.deepEqual(found, []);
  await zoomed.close();
  await small.close();
});

test("pages are light, and nothing is fetched from anybody else", async () => {
  const { page, foreign, close } = await open({ javaScriptEnabled: true });
  const session = await page.context().newCDPSession(page);
  await session.send("Network.enable");
  let bytes = 0;
  session.on("Network.loadingFinished", (event) => (bytes += event.encodedDataLength));
  await page.goto(`${candour.base}/s/${candour.tokens[2]}`, { waitUntil: "networkidle" });
  const first = bytes;
  const later = [];
  await page.locator("main a.nhsuk-button").first().click();
  for (let questions = 0; page.url().includes("/question/") && questions < 120; questions++) {
    bytes = 0;
    await page.locator('button[name="skip"]').click();
    await page.waitForLoadState("load");
    later.push(bytes);
  }
  assert.match(page.url(), /\/check/);
  bytes = 0;
  await page.locator('form[action*="/clear"] button').click();
  await page.waitForLoadState("load");
  const cleared = bytes;
  const heaviest = Math.max(...later.slice(0, -1));
  console.log(`first view ${first} bytes, heaviest question page ${heaviest}, check page ${later.at(-1)}, cleared ${cleared}`);
  assert.ok(first > 10_000 && first < 60_000, `first view: ${first} bytes`);
  for (const [name, size] of Object.entries({ heaviest, check: later.at(-1), cleared })) {
    assert.ok(size > 500 && size < 10_000, `${name}: ${size} bytes`);
  }
  assert.ok(later.length > 30);
  assert.deepEqual(foreign, []);
  await close();
});

/** Everything that a browser could keep for this site: what is not empty. */
async function leftBehind(page) {
  const cookies = (await page.context().cookies()).filter((cookie) => cookie.value).map((cookie) => cookie.name);
  const stored = await page.evaluate(async () => ({
    local: { ...localStorage },
    session: { ...sessionStorage },
    databases: (await indexedDB.databases()).map((database) => database.name),
    workers: (await navigator.serviceWorker?.getRegistrations())?.length ?? 0,
    written: document.cookie,
  }));
  return { cookies, ...stored };
}
const NOTHING = { cookies: [], local: {}, session: {}, databases: [], workers: 0, written: "" };

test("a shared computer keeps nothing after submit, clear and leaving, and going back shows no answer", async () => {
  // With JavaScript, so that the page's own storage can be looked into.
  const { page: first, close } = await open({ javaScriptEnabled: true });
  let page = first;
  const start = `${candour.base}/s/${candour.tokens[5]}`;
  const answerOne = async () => {
    await page.goto(`${start}/question/belonging`);
    await page.locator('input[value="agree"]').check();
    await page.locator("main form[novalidate] button:not([name])").click();
    await page.goto(`${start}/check`);
    assert.match(await page.locator("main").innerText(), /\bAgree\b/);
    const kept = await leftBehind(page);
    assert.deepEqual(kept.cookies, ["candour_answers"], "the draft is there before");
    assert.deepEqual({ ...kept, cookies: [] }, NOTHING);
  };
  await answerOne();
  await page.locator('form[action*="/clear"] button').click();
  await page.waitForLoadState();
  assert.deepEqual(await leftBehind(page), NOTHING);
  await page.goBack();
  assert.doesNotMatch(await page.locator("main").innerText(), /\bAgree\b/, "“back” shows what was cleared");

  await answerOne();
  // The page that one leaves to is not ours; it is not asked for here.
  const elsewhere = page.waitForRequest(/^https:\/\/www\.bbc\.co\.uk\/weather/);
  await page.locator(".candour-exit").click({ noWaitAfter: true });
  await elsewhere;
  assert.deepEqual((await page.context().cookies()).filter((cookie) => cookie.value), []);
  // In a window of its own: the first is still on its way to a page that cannot be reached here.
  page = await page.context().newPage();
  await page.goto(`${start}/check`);
  assert.doesNotMatch(await page.locator("main").innerText(), /\bAgree\b/, "answers are there after leaving");

  await answerOne();
  await page.locator('form[action*="/submit"] button').click();
  await page.locator(".candour-receipt").waitFor();
  assert.deepEqual(await leftBehind(page), NOTHING);
  await page.goBack();
  await page.waitForLoadState();
  assert.match(await page.locator("h1").innerText(), /This link has been used/);
  await close();
});

test("a kiosk goes back to its first page by itself, with nothing left", async () => {
  const { page, close } = await open({ javaScriptEnabled: true });
  // Nobody waits five minutes in a test: the time is shortened, the address stays as it was sent.
  let asked;
  await page.route("**/s/**", async (route) => {
    if (route.request().method() !== "GET" || route.request().url().endsWith("/leave")) return route.continue();
    const response = await route.fetch({ maxRedirects: 0 });
    const headers = { ...response.headers() };
    if (headers.refresh && asked) headers.refresh = headers.refresh.replace(/^\d+/, "1");
    asked = response.headers().refresh ?? asked;
    await route.fulfill({ response, headers });
  });
  await page.goto(`${candour.base}/kiosk`);
  await page.waitForURL(/\/code$/);
  await page.goto(`${candour.base}/s/${candour.tokens[6]}/question/belonging`);
  assert.match(asked, /^300; url=\/s\/[\w-]{22}\/leave$/);
  await page.locator('input[value="agree"]').check();
  await page.locator("main form[novalidate] button:not([name])").click();
  await page.waitForURL((url) => !url.pathname.endsWith("/belonging"));
  assert.match((await page.context().cookies()).map((cookie) => cookie.name).join(), /candour_answers/);
  await page.goto(page.url()); // what follows a form is not shortened on the way
  await page.waitForURL(/\/code$/, { timeout: 10_000 });
  const kept = await leftBehind(page);
  assert.deepEqual({ ...kept, cookies: kept.cookies }, { ...NOTHING, cookies: ["candour_kiosk"] });
  await page.unroute("**/s/**");
  await page.goto(`${candour.base}/s/${candour.tokens[6]}/check`);
  assert.doesNotMatch(await page.locator("main").innerText(), /\bAgree\b/);
  await close();
});

test("every ending leads to the other language, and a question stays where it is", async () => {
  const { page, close } = await open();
  const token = candour.tokens[7];
  for (const path of [`/s/${token}`, `/s/${token}/question/belonging`, `/s/${token}/check`, "/s/unknown", "/s", `/s/${token}/question/none`, "/code", "/receipt", "/about/anonymity"]) {
    await page.goto(candour.base + path);
    const english = await page.locator("h1").innerText();
    await page.locator('.candour-header a[lang="cy"]').click();
    await page.waitForURL(`${candour.base}${path}?lang=cy`);
    assert.equal(await page.locator("html").getAttribute("lang"), "cy");
    assert.notEqual(await page.locator("h1").innerText(), english);
    await page.locator('.candour-header a[lang="en"]').click();
    await page.waitForURL(candour.base + path);
    assert.equal(await page.locator("h1").innerText(), english);
  }
  await close();
});

test("every state is accessible, and its HTML is valid", async () => {
  const { page, foreign, close } = await open();
  const found = [];
  const look = async () => found.push(...(await violations(page)));
  const go = async (path) => {
    await page.goto(candour.base + path);
    await look();
  };
  const press = async (selector) => {
    await page.locator(selector).click();
    await page.waitForLoadState();
    await look();
  };
  const token = candour.tokens[3];
  const answered = await fetch(`${candour.base}/api/v1/respond/${candour.tokens[4]}`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ answers: { belonging: ["agree"] } }),
  });
  const { receipt } = await answered.json();

  for (const language of ["", "?lang=cy"]) {
    for (const path of ["/about/anonymity", "/about/accessibility", "/receipt", "/code", `/s/${token}`, `/s/${token}/no-more-e-mail`, `/s/${candour.tokens[4]}`, "/s/unknown", `/s/${token}/question/none`]) await go(path + language);
    await page.goto(`${candour.base}/receipt${language}`);
    await press("main form button");
    await page.locator('input[name="receipt"]').fill(receipt);
    await press("main form button");
    await page.goto(`${candour.base}/code${language}`);
    await page.locator('input[name="code"]').fill("7K3M");
    await press("main form button");
    await page.goto(`${candour.base}/s/${token}/question/belonging${language}`);
    await press("main form[novalidate] button:not([name])");
    await page.goto(`${candour.base}/s/${token}/question/harassed_by_staff${language}`);
    await look();
    await press('form[action*="/clear"] button');
    await press(".candour-header form button"); // the same page in the other language
  }
  await page.goto(`${candour.base}/s/${token}/no-more-e-mail`);
  await press("main form button");
  await page.goto(`${candour.base}/receipt`);
  await page.locator('input[name="receipt"]').fill(receipt);
  await page.locator("main form button").click();
  await press('form[action*="/receipt/withdraw"] button');

  await candour.api(candour.hr, "POST", `/surveys/${candour.survey}/close`);
  for (const path of [`/s/${token}`, `/s/${token}?lang=cy`, `/published/${candour.survey}/receipts`, "/published/none/receipts"]) await go(path);
  assert.deepEqual(foreign, []);
  await close();
  assert.deepEqual(found, []);

  assert.ok(served.size >= 50, `only ${served.size} states were seen`);
  assert.deepEqual(invalid(served), []);
  console.log(`Nu checker: ${served.size} states, 0 errors`);
});
