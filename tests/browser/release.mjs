// Serves the fictional trust with its release, as `candour demo` makes it, and signs an HR lead in.
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { BINARY, PASSWORD, environment, freePort, serve, signedIn } from "./support.mjs";

const EMAIL = "reader@wickering.example";

/** A survey of `staff` people, answered, closed and released; `page(browser, options)` is a page that is signed in. */
export async function startRelease({ staff, settings = {} }) {
  const folder = mkdtempSync(join(tmpdir(), "candour-release-"));
  const data = join(folder, "data");
  const port = await freePort();
  const base = `http://127.0.0.1:${port}`;
  const env = { ...environment(folder, join(data, "candour.sqlite3"), port), ...settings };
  const candour = (...args) => execFileSync(BINARY, args, { env, cwd: folder, encoding: "utf8" }).trim();
  const summary = JSON.parse(candour("demo", "--once", "--staff", String(staff), "--data-dir", data, "--format", "json"));
  const server = await serve(env, folder);
  /** The one-time link of a new account. */
  const invite = (email, role, ...organisation) => candour("account", "create", email, "--role", role, ...organisation);
  const newAccount = async (email, role, ...organisation) => {
    await fetch(invite(email, role, ...organisation), { method: "POST", body: new URLSearchParams({ password: PASSWORD }), redirect: "manual" });
  };
  await newAccount(EMAIL, "hr_lead", "--organisation", "ZZ9");

  const stop = () => {
    server.kill("SIGTERM");
    rmSync(folder, { recursive: true, force: true });
  };
  const results = `${base}/office/surveys/${summary.release.survey}/results`;
  const page = (browser, options, email = EMAIL) => signedIn(browser, base, email, options);
  return { base, results, summary, invite, newAccount, page, mail: join(folder, "mail"), staffLink: () => unused(data, base), stop };
}

/** The link of somebody invited to the demo's second survey, which is still open. */
async function unused(data, base) {
  const mail = join(data, "mail");
  for (const file of readdirSync(mail)) {
    const text = readFileSync(join(mail, file), "utf8").replaceAll("=\r\n", "");
    const link = `${base}/s/${text.match(/\/s\/([A-Za-z0-9_-]+)/)?.[1]}`;
    const answer = await fetch(link);
    if (answer.ok && (await answer.text()).includes("nhsuk-button")) return link;
  }
  throw new Error("every link of the demo is used");
}
